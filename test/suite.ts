/**
 * @devicescript/test for suites that share an image: each test gives way first, so that the VM's budget of 131,072 steps is one test's and
 * not a whole suite's. VM only.
 */
import * as ds from "@devicescript/core"
import { beforeEach, describe as describeUpstream } from "@devicescript/test"
export { afterEach, beforeEach, expect, test } from "@devicescript/test"

export function describe(name: string, body: () => void): void {
    describeUpstream(name, () => {
        beforeEach(async () => await ds.sleep(0))
        body()
    })
}
