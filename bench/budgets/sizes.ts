/** What an app weighs on each board. Most images are the same for all of them: those are told once. */
import { compile } from "../../image/compile"

export interface AppSize {
    boards: string[]
    codeBytes: number
    imageBytes: number
}

/** The size that most boards share first. */
export async function sizesOf(entry: string, boards: string[]): Promise<AppSize[]> {
    const sizes: AppSize[] = []
    for (const board of boards) {
        const { codeBytes, bytes } = await compile(entry, board)
        const same = sizes.find(
            size => size.codeBytes === codeBytes && size.imageBytes === bytes.length
        )
        if (same) same.boards.push(board)
        else sizes.push({ boards: [board], codeBytes, imageBytes: bytes.length })
    }
    return sizes.sort((a, b) => b.boards.length - a.boards.length)
}
