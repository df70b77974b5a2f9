/** The host's side of signing.vm.ts. */
import { askProgram, type Answer } from "../harness/asking-host"

export { question, type Answer } from "../harness/asking-host"

/** One answer for each question, from one VM. @throws Error when the program stops, with the question it stopped at */
export async function ask(questions: Iterable<Buffer>): Promise<Answer[]> {
    return await askProgram("test/trust/signing.vm.ts", questions)
}
