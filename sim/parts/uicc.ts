/**
 * A SIM, from where APDUs come in: logical channels, the selection of an application, and answers as T=0 gives them, which is by GET
 * RESPONSE. Facts as in src/trust/iot-safe/card.ts.
 */

/** Answers of an application: data, and a status. */
export interface CardAnswer {
    data: Buffer
    status: number
}

/** An application that can be selected. */
export interface CardApplication {
    readonly aid: Buffer
    /** Selected, on whichever channel: what it remembered of a conversation is gone. */
    selected(): void
    /** @param data of the command, empty when it has none @param le bytes that are wanted, 1..256 */
    command(ins: number, p1: number, p2: number, data: Buffer, le: number): CardAnswer
}

const DONE = 0x9000
const WRONG_LENGTH = 0x6700
const CHANNEL_NOT_SUPPORTED = 0x6881
const CONDITIONS_NOT_SATISFIED = 0x6985
const FUNCTION_NOT_SUPPORTED = 0x6a81
const NOT_FOUND = 0x6a82
const WRONG_P1_P2 = 0x6a86
const INVALID_INSTRUCTION = 0x6d00
const INVALID_CLASS = 0x6e00

const MANAGE_CHANNEL = 0x70
const SELECT = 0xa4
const GET_RESPONSE = 0xc0

const NOTHING = Buffer.alloc(0)
/** What a SELECT leaves to be fetched; nobody here looks into it. */
const FCI = Buffer.from([0x6f, 0x00])

interface Channel {
    number: number
    application: CardApplication | undefined
}

export class Uicc {
    /** The modem uses channel 0. */
    channelsMax = 4
    /** Answers to commands with data are announced and fetched; otherwise they come at once. */
    usesGetResponse = true
    /** So much is announced at once. */
    announcedMax = 256
    /** Commands it was sent, in hex. */
    readonly heard: string[] = []
    private readonly channels: Channel[] = [{ number: 0, application: undefined }]
    private waiting: Buffer = NOTHING
    private waitingStatus = DONE
    private waitingChannel = 0

    constructor(private readonly applications: CardApplication[]) {}

    private channelOf(channel: number): Channel | undefined {
        return this.channels.find(({ number }) => number === channel)
    }

    /** Channels that are open beside the basic one. */
    openChannels(): number {
        return this.channels.length - 1
    }

    /** @returns data and status */
    transmit(apdu: Buffer): Buffer {
        this.heard.push(apdu.toString("hex"))
        if (apdu.length < 5) return respond(NOTHING, WRONG_LENGTH)
        const cla = apdu[0]
        const isFurther = (cla & 0x40) !== 0
        const number = isFurther ? (cla & 0x0f) + 4 : cla & 0x03
        const channel = this.channelOf(number)
        // Secure messaging, and what is reserved.
        if ((cla & (isFurther ? 0x30 : 0x3c)) !== 0) return respond(NOTHING, INVALID_CLASS)
        if (channel === undefined) return respond(NOTHING, CHANNEL_NOT_SUPPORTED)
        const ins = apdu[1]
        const isOwn = (cla & 0x80) === 0
        if (isOwn && ins === GET_RESPONSE) return this.fetch(number, apdu[4])
        this.waiting = NOTHING
        if (isOwn && ins === MANAGE_CHANNEL) return this.manageChannel(apdu)
        const answer = isOwn ? this.own(channel, apdu) : this.forward(channel, apdu)
        const hasData = apdu.length > 5
        if (answer.data.length === 0) return respond(NOTHING, answer.status)
        if (hasData && this.usesGetResponse) {
            this.waiting = answer.data
            this.waitingStatus = answer.status
            this.waitingChannel = number
            return this.announce()
        }
        const le = apdu[apdu.length - 1]
        const wanted = le === 0 ? 256 : le
        if (!hasData && wanted !== answer.data.length)
            return respond(NOTHING, 0x6c00 | (answer.data.length & 0xff))
        return respond(answer.data, answer.status)
    }

    private announce(): Buffer {
        const count = Math.min(this.waiting.length, this.announcedMax)
        return respond(NOTHING, 0x6100 | (count & 0xff))
    }

    private fetch(channel: number, le: number): Buffer {
        const { waiting } = this
        if (waiting.length === 0 || channel !== this.waitingChannel)
            return respond(NOTHING, CONDITIONS_NOT_SATISFIED)
        const wanted = le === 0 ? 256 : le
        const allowed = Math.min(waiting.length, this.announcedMax)
        if (wanted > allowed) return respond(NOTHING, 0x6c00 | (allowed & 0xff))
        this.waiting = waiting.slice(wanted)
        const piece = waiting.slice(0, wanted)
        if (this.waiting.length === 0) return respond(piece, this.waitingStatus)
        const count = Math.min(this.waiting.length, this.announcedMax)
        return respond(piece, 0x6100 | (count & 0xff))
    }

    private manageChannel(apdu: Buffer): Buffer {
        const p1 = apdu[2]
        const p2 = apdu[3]
        if (p1 === 0x80) {
            const at = this.channels.findIndex(({ number }) => number === p2)
            if (at < 1) return respond(NOTHING, CHANNEL_NOT_SUPPORTED)
            this.channels[at] = this.channels[this.channels.length - 1]
            this.channels.pop()
            return respond(NOTHING, DONE)
        }
        if (p1 !== 0 || p2 !== 0) return respond(NOTHING, WRONG_P1_P2)
        if (apdu[4] !== 1) return respond(NOTHING, 0x6c01)
        for (let number = 1; number < this.channelsMax; ++number) {
            if (this.channelOf(number) !== undefined) continue
            this.channels.push({ number, application: undefined })
            return respond(Buffer.from([number]), DONE)
        }
        return respond(NOTHING, FUNCTION_NOT_SUPPORTED)
    }

    private own(channel: Channel, apdu: Buffer): CardAnswer {
        if (apdu[1] !== SELECT) return { data: NOTHING, status: INVALID_INSTRUCTION }
        if (apdu[2] !== 0x04 || apdu[3] !== 0) return { data: NOTHING, status: WRONG_P1_P2 }
        if (apdu.length !== 5 + apdu[4]) return { data: NOTHING, status: WRONG_LENGTH }
        const wanted = apdu.slice(5).toString("hex")
        // The beginning of an AID will do.
        const found = this.applications.find(({ aid }) => aid.toString("hex").startsWith(wanted))
        if (found === undefined) return { data: NOTHING, status: NOT_FOUND }
        channel.application = found
        found.selected()
        return { data: FCI, status: DONE }
    }

    private forward(channel: Channel, apdu: Buffer): CardAnswer {
        const { application } = channel
        if (application === undefined) return { data: NOTHING, status: INVALID_CLASS }
        const isAlone = apdu.length === 5
        const dataBytes = isAlone ? 0 : apdu[4]
        if (apdu.length < 5 + dataBytes || apdu.length > 6 + dataBytes)
            return { data: NOTHING, status: WRONG_LENGTH }
        const le = isAlone || apdu.length > 5 + dataBytes ? apdu[apdu.length - 1] : 0
        const data = apdu.slice(5, 5 + dataBytes)
        return application.command(apdu[1], apdu[2], apdu[3], data, le === 0 ? 256 : le)
    }
}

function respond(data: Buffer, status: number): Buffer {
    const bytes = Buffer.alloc(data.length + 2)
    for (let at = 0; at < data.length; ++at) bytes[at] = data[at]
    bytes[data.length] = status >> 8
    bytes[data.length + 1] = status & 0xff
    return bytes
}
