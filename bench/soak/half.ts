/** The process of one half: its options come as an argument, its progress and result go to its parent. */
import type { HalfMessage } from "./halves"
import { soak, type SoakOptions } from "./soak"

const tell = (message: HalfMessage) => process.send?.(message)

try {
    const options = JSON.parse(process.argv[2]) as SoakOptions
    const result = await soak(options, share => tell({ share }))
    tell({ result })
} catch (e) {
    tell({ error: (e as Error).message })
} finally {
    process.disconnect()
}
