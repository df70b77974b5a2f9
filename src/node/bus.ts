/**
 * The I2C bus of the board. The simulator's VM has none of its own: there each transaction goes to the host, which answers in place
 * before the call returns. So one image serves every board and the simulator, byte for byte.
 *
 * The channel is `ds._twinMessage`, whose builtin returns the message it sent: 16 bytes of header, the topic, NUL, the data.
 */
import * as ds from "@devicescript/core"
import { i2c } from "@devicescript/i2c"
import {
    BUS_HEADER_BYTES,
    BUS_NO_ANSWER,
    BUS_TOPIC,
    BUS_TWIN_DATA_AT,
} from "../telemetry/contract/bus"

type Builtins = typeof ds & {
    _i2cTransaction(address: number, write: Buffer, read?: Buffer): Promise<number>
}
/** What the builtin really is; upstream types it as a promise of nothing. */
interface TwinChannel {
    _twinMessage(topic: string, data: Buffer): Buffer
}

if (ds.isSimulator()) {
    ;(ds as Builtins)._i2cTransaction = async function (
        address: number,
        write: Buffer,
        read?: Buffer
    ): Promise<number> {
        const readLength = read === undefined ? 0 : read.length
        const message = Buffer.alloc(BUS_HEADER_BYTES + write.length + readLength)
        message[0] = BUS_NO_ANSWER
        message[1] = address
        message[2] = write.length & 0xff
        message[3] = write.length >> 8
        message[4] = readLength & 0xff
        message[5] = readLength >> 8
        message.blitAt(BUS_HEADER_BYTES, write, 0, write.length)
        const answer = (ds as any as TwinChannel)._twinMessage(BUS_TOPIC, message)
        if (answer[BUS_TWIN_DATA_AT] !== 0) return -1
        if (read !== undefined)
            read.blitAt(0, answer, BUS_TWIN_DATA_AT + BUS_HEADER_BYTES + write.length, readLength)
        return 0
    }
    // Upstream's drivers skip themselves in a simulator; ours has the parts, so they need not.
    ;(ds as typeof ds).isSimulator = () => false
}

export const bus = i2c
