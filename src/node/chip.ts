/**
 * What a program can know of the chip it runs on, and how it turns it off for a while.
 *
 * Standby is the runtime's control service (command 0x87): on all ESP32 a deep sleep with a timer to wake it (devicescript-esp32,
 * main/platform.c), which ends in a reset. Everywhere else it is a reset at once (jacdac-c, source/jd_control.c: a weak
 * `target_standby`), and nothing tells so: a program has to know its chip. The board's configuration in the runtime names it.
 */
import * as ds from "@devicescript/core"
import { CHIP_BYTES_MAX, CHIP_TOPIC, CHIP_TWIN_DATA_AT } from "../telemetry/contract/chip"

/** What the builtin really is; upstream types it as a promise of nothing. */
interface TwinChannel {
    _twinMessage(topic: string, data: Buffer): Buffer
}

/** A chip that is off is so at once. */
const OFF_MS_MAX = 5000

const control = new ds.Control("control[int:0]")

/** `esp32c3`, `rp2040w`; in the simulator, the one that it plays. */
export function chip(): string {
    const arch = ds._dcfgString("archId")
    if (arch !== "wasm") return arch
    const asked = Buffer.alloc(CHIP_BYTES_MAX)
    const answer = (ds as any as TwinChannel)._twinMessage(CHIP_TOPIC, asked)
    let name = ""
    for (let i = CHIP_TWIN_DATA_AT; i < answer.length && answer[i] !== 0; ++i)
        name = name + String.fromCharCode(answer[i])
    return name
}

/** Its clock counts on while all else is off, and wakes it. */
export function hasStandby(name: string): boolean {
    return name.startsWith("esp32")
}

/** Off for so long, and then a reset: it returns when the chip stays on. @param ms 1..2^32-1 */
export async function standBy(ms: number): Promise<void> {
    await control.standby(ms)
    await ds.sleep(OFF_MS_MAX)
}
