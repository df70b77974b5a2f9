/** GSMA's IoT SAFE applet, with one container for a key pair and some for files. Facts as in src/trust/iot-safe/applet.ts. */
import { Curve } from "./curve"
import { CardAnswer, CardApplication } from "./uicc"

const DONE = 0x9000
const CONDITIONS_NOT_SATISFIED = 0x6985
const INCORRECT_DATA = 0x6a80
const NOT_FOUND = 0x6a82
const WRONG_P1_P2 = 0x6a86
const INVALID_INSTRUCTION = 0x6d00

const SESSIONS = 3
const COORDINATES_BYTES = 64
const NOTHING = Buffer.alloc(0)

export interface CardFile {
    id: Buffer
    content: Buffer
}

export class IotSafeApplet implements CardApplication {
    aid: Buffer = Buffer.from([0xa0, 0x00, 0x00, 0x05, 0x59, 0x00, 0x10])
    keyId: Buffer = Buffer.from([0x01])
    /** The issuer lets the node make its key. */
    mayGenerate = true
    /** Sessions end when it is selected anew; applets differ. */
    forgetsSessions = true
    readonly files: CardFile[] = []
    private privateKey: Buffer = Buffer.alloc(0)
    /** x || y; undefined while the container is empty. */
    publicKey: Buffer | undefined
    /** Digests it signed, in hex. */
    readonly signed: string[] = []
    private readonly isOpen: boolean[] = [false, false, false]
    private drawn = 0

    constructor(private readonly curve: Curve) {}

    /** As the issuer does it. */
    personalise(): void {
        this.makeKey()
    }

    selected(): void {
        if (!this.forgetsSessions) return
        for (let session = 0; session < SESSIONS; ++session) this.isOpen[session] = false
    }

    command(ins: number, p1: number, p2: number, data: Buffer, le: number): CardAnswer {
        switch (ins) {
            case 0x2a:
                return this.openOrClose(p1, p2, data)
            case 0x2b:
                return this.sign(p1, p2, data)
            case 0x84:
                return this.random(le)
            case 0xb0:
                return this.readFile(p1 * 256 + p2, data, le)
            case 0xb9:
                return this.generate(data)
            case 0xcb:
                return p1 === 0xc3 ? this.fileInformation(data) : refusal(WRONG_P1_P2)
            case 0xcd:
                return this.readPublicKey(data)
            default:
                return refusal(INVALID_INSTRUCTION)
        }
    }

    private makeKey(): Buffer {
        this.privateKey = this.curve.makeKey()
        this.publicKey = this.curve.publicKey(this.privateKey)
        return this.publicKey
    }

    private generate(data: Buffer): CardAnswer {
        const status = this.statusOfKey(data, 0x84)
        if (status !== DONE) return refusal(status)
        if (!this.mayGenerate) return refusal(CONDITIONS_NOT_SATISFIED)
        const publicKey = this.makeKey()
        return done([field(0x84, this.keyId), field(0x85, this.keyId), keyData(publicKey)])
    }

    private readPublicKey(data: Buffer): CardAnswer {
        const status = this.statusOfKey(data, 0x85)
        if (status !== DONE) return refusal(status)
        if (this.publicKey === undefined) return refusal(CONDITIONS_NOT_SATISFIED)
        return done([keyData(this.publicKey)])
    }

    private openOrClose(p1: number, session: number, data: Buffer): CardAnswer {
        if (p1 > 1 || session >= SESSIONS) return refusal(WRONG_P1_P2)
        const isOpen = this.isOpen[session]
        if (p1 === 1) {
            this.isOpen[session] = false
            return refusal(isOpen ? DONE : CONDITIONS_NOT_SATISFIED)
        }
        if (isOpen) return refusal(CONDITIONS_NOT_SATISFIED)
        const status = this.statusOfKey(data, 0x84)
        if (status !== DONE) return refusal(status)
        if (this.publicKey === undefined) return refusal(CONDITIONS_NOT_SATISFIED)
        const mode = fieldOf(data, 0xa1)
        const hash = fieldOf(data, 0x91)
        const signature = fieldOf(data, 0x92)
        if (
            mode?.toString("hex") !== "03" ||
            hash?.toString("hex") !== "0001" ||
            signature?.toString("hex") !== "04"
        )
            return refusal(INCORRECT_DATA)
        this.isOpen[session] = true
        return refusal(DONE)
    }

    private sign(p1: number, session: number, data: Buffer): CardAnswer {
        if (p1 !== 0x80) return refusal(WRONG_P1_P2)
        if (!this.isOpen[session]) return refusal(CONDITIONS_NOT_SATISFIED)
        const digest = fieldOf(data, 0x9e)
        if (digest === undefined || digest.length !== 32 || data.length !== 34)
            return refusal(INCORRECT_DATA)
        this.isOpen[session] = false
        this.signed.push(digest.toString("hex"))
        // The length of a signature is in two bytes, whatever it is.
        return done([
            Buffer.from([0x33, 0x00, COORDINATES_BYTES]),
            this.curve.sign(this.privateKey, digest),
        ])
    }

    /** Never the same, and no secret. */
    private random(count: number): CardAnswer {
        const bytes = Buffer.alloc(count)
        for (let at = 0; at < count; ++at) {
            this.drawn = (this.drawn * 1103 + 12345) & 0xffff
            bytes[at] = this.drawn >> 8
        }
        return { data: bytes, status: DONE }
    }

    private fileInformation(data: Buffer): CardAnswer {
        const file = this.fileOf(data)
        if (file === undefined) return refusal(NOT_FOUND)
        const size = Buffer.from([file.content.length >> 8, file.content.length & 0xff])
        const information = joined([field(0x83, file.id), field(0x20, size)])
        return done([field(0xc3, information)])
    }

    private readFile(from: number, data: Buffer, le: number): CardAnswer {
        const file = this.fileOf(data)
        if (file === undefined) return refusal(NOT_FOUND)
        if (from >= file.content.length) return refusal(WRONG_P1_P2)
        return done([file.content.slice(from, Math.min(from + le, file.content.length))])
    }

    private fileOf(data: Buffer): CardFile | undefined {
        const wanted = fieldOf(data, 0x83)?.toString("hex")
        return this.files.find(({ id }) => id.toString("hex") === wanted)
    }

    private statusOfKey(data: Buffer, tag: number): number {
        const id = fieldOf(data, tag)
        if (id === undefined) return INCORRECT_DATA
        return id.toString("hex") === this.keyId.toString("hex") ? DONE : NOT_FOUND
    }
}

function refusal(status: number): CardAnswer {
    return { data: NOTHING, status }
}

function done(pieces: Buffer[]): CardAnswer {
    return { data: joined(pieces), status: DONE }
}

/** { point { 04 x y } } in the field of a key. */
function keyData(publicKey: Buffer): Buffer {
    const point = joined([Buffer.from([0x04]), publicKey])
    return field(0x34, field(0x49, field(0x86, point)))
}

function field(tag: number, value: Buffer): Buffer {
    return joined([Buffer.from([tag, value.length]), value])
}

/** The first with this tag, if the fields are whole. */
function fieldOf(fields: Buffer, tag: number): Buffer | undefined {
    for (let at = 0; at + 2 <= fields.length; at += 2 + fields[at + 1]) {
        const end = at + 2 + fields[at + 1]
        if (end > fields.length) return undefined
        if (fields[at] === tag) return fields.slice(at + 2, end)
    }
    return undefined
}

function joined(pieces: Buffer[]): Buffer {
    let length = 0
    for (const piece of pieces) length += piece.length
    const bytes = Buffer.alloc(length)
    let at = 0
    for (const piece of pieces) {
        for (let from = 0; from < piece.length; ++from) bytes[at + from] = piece[from]
        at += piece.length
    }
    return bytes
}
