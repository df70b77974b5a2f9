/**
 * APDUs and logical channels of the SIM: ETSI TS 102 221, 10.1 (structure), 10.2 (status), 11.1.1 (SELECT), 11.1.17 (MANAGE CHANNEL).
 *
 * Over AT+CSIM most SIMs speak T=0: data that a command leaves is announced by 61xx and fetched, and a length that was guessed wrong
 * comes back as 6Cxx with the right one.
 */
import { IdentityError } from "../identity"
import { Csim } from "./csim"
import { isDone, statusError, statusText } from "./status"

const SELECT = 0xa4
const BY_AID = 0x04
const MANAGE_CHANNEL = 0x70
const OPEN = 0x00
const CLOSE = 0x80
const GET_RESPONSE = 0xc0
/** [10.1.1] Of an application's own commands. */
const CLA_PROPRIETARY = 0x80
/** [10.1.1] Channels from 4 on are counted anew in a class of their own. */
const CLA_FURTHER_CHANNEL = 0x40
const CHANNEL_MAX = 19
/** GET RESPONSE in a row: 2 kB, far more than anything here is long. */
const RESPONSES_MAX = 8

export interface Command {
    ins: number
    p1: number
    p2: number
    /** At most 255 bytes. */
    data?: Buffer
    /** Bytes that are wanted: 1..255, 0 for as many as there are. Left out when an answer has none. */
    le?: number
}

export interface Answer {
    data: Buffer
    /** SW1 SW2, 0..65535 */
    status: number
}

/** The class byte of a channel, 0..19. */
export function classOf(channel: number): number {
    return channel < 4 ? channel : CLA_FURTHER_CHANNEL | (channel - 4)
}

/** As they go to the SIM; a command that has neither data nor an answer has a length of 0 all the same [TS 51.011, 9.1]. */
export function apdu(cla: number, command: Command): Buffer {
    const { data, le } = command
    const dataBytes = data === undefined ? 0 : data.length
    if (dataBytes > 255) throw new RangeError(`${dataBytes} bytes in a command`)
    const hasBoth = dataBytes > 0 && le !== undefined
    const bytes = Buffer.alloc(5 + dataBytes + (hasBoth ? 1 : 0))
    bytes[0] = cla
    bytes[1] = command.ins
    bytes[2] = command.p1
    bytes[3] = command.p2
    bytes[4] = dataBytes
    if (dataBytes > 0) bytes.blitAt(5, data, 0, dataBytes)
    if (le !== undefined) bytes[bytes.length - 1] = le
    return bytes
}

export class Card {
    constructor(private readonly csim: Csim) {}

    /** A logical channel of our own, so that the modem's work on the basic one goes on. @throws IdentityError busy */
    async openChannel(): Promise<number> {
        const { data, status } = await this.transmit(0, {
            ins: MANAGE_CHANNEL,
            p1: OPEN,
            p2: 0,
            le: 1,
        })
        // [10.2.1] not supported, no channel, no memory for one
        if (status === 0x6881 || status === 0x6a81 || status === 0x6a84)
            throw new IdentityError(
                "busy",
                `status ${statusText(status)}: no logical channel is free; restart the modem (AT+CFUN=1,1), that closes them all`
            )
        if (!isDone(status)) throw statusError(status, "opening a channel")
        if (data.length !== 1 || data[0] < 1 || data[0] > CHANNEL_MAX)
            throw new IdentityError("garbled", "no number of a channel")
        return data[0]
    }

    async closeChannel(channel: number): Promise<void> {
        await this.transmit(0, { ins: MANAGE_CHANNEL, p1: CLOSE, p2: channel })
    }

    /** @throws IdentityError noApplet */
    async select(channel: number, aid: Buffer): Promise<void> {
        const { status } = await this.transmit(classOf(channel), {
            ins: SELECT,
            p1: BY_AID,
            p2: 0,
            data: aid,
        })
        // 6999 is what Java Card says when an applet does not let itself be selected.
        if (status === 0x6a82 || status === 0x6999)
            throw new IdentityError(
                "noApplet",
                `status ${statusText(status)}: this SIM has no IoT SAFE applet ${aid.toString("hex")}: ask its issuer for one, or for its AID`
            )
        if (!isDone(status)) throw statusError(status, "selecting the applet")
    }

    /** A command of the applet that was selected on the channel. */
    async toApplet(channel: number, command: Command): Promise<Answer> {
        return await this.transmit(CLA_PROPRIETARY | classOf(channel), command)
    }

    private async transmit(cla: number, command: Command): Promise<Answer> {
        let answer = await this.exchange(
            apdu(cla, command),
            command.data === undefined || command.le !== undefined
        )
        let data = answer.data
        for (let rounds = 0; answer.status >> 8 === 0x61; ++rounds) {
            if (rounds === RESPONSES_MAX)
                throw new IdentityError("garbled", `an answer in more than ${rounds} pieces`)
            // It is a command of the card's, not the applet's.
            const fetch = { ins: GET_RESPONSE, p1: 0, p2: 0, le: answer.status & 0xff }
            answer = await this.exchange(apdu(cla & ~CLA_PROPRIETARY & 0xff, fetch), true)
            data = Buffer.concat(data, answer.data)
        }
        return { data, status: answer.status }
    }

    /** @param endsWithLength the last byte says how long the answer may be, and the SIM may say it better */
    private async exchange(bytes: Buffer, endsWithLength: boolean): Promise<Answer> {
        let answer = answerOf(await this.csim.exchange(bytes))
        if (endsWithLength && answer.status >> 8 === 0x6c) {
            bytes[bytes.length - 1] = answer.status & 0xff
            answer = answerOf(await this.csim.exchange(bytes))
        }
        return answer
    }
}

function answerOf(bytes: Buffer): Answer {
    const end = bytes.length - 2
    return { data: bytes.slice(0, end), status: (bytes[end] << 8) | bytes[end + 1] }
}
