/** What an image may weigh, and whether it does. */
import { Image } from "./compile"

/** design.md chapter 8: the VM takes 65,536 B of code, and a store of 128 kB holds image and settings. */
export const BUDGET = { codeBytes: 48 * 1024, imageBytes: 56 * 1024 }

export interface Size {
    app: string
    board: string
    codeBytes: number
    imageBytes: number
    budget: { codeBytes: number; imageBytes: number }
    ok: boolean
}

export function sizeOf(app: string, board: string, image: Image): Size {
    const codeBytes = image.codeBytes
    const imageBytes = image.bytes.length
    const ok = codeBytes <= BUDGET.codeBytes && imageBytes <= BUDGET.imageBytes
    return { app, board, codeBytes, imageBytes, budget: BUDGET, ok }
}
