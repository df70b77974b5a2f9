/**
 * The commands of GSMA's IoT SAFE applet, IoT.05 version 1.0 (December 2019), as far as an identity needs them.
 *
 * Instructions, tags and statuses are as three public clients have them: Orange's IoT-SAFE-APDU-library, Thales's iot-safe-middleware,
 * wolfSSL's iotsafe.c. They agree but for the length of a signature's field, which has two bytes in some applets and one in others.
 */
import { IdentityError } from "../identity"
import { Answer, Card, Command } from "./card"
import { isDone, statusError, statusText } from "./status"
import { field, valueOf } from "./tlv"

const COMPUTE_SIGNATURE_INIT = 0x2a
const COMPUTE_SIGNATURE_UPDATE = 0x2b
const GET_RANDOM = 0x84
const READ_FILE = 0xb0
const GENERATE_KEY_PAIR = 0xb9
const GET_DATA = 0xcb
const READ_PUBLIC_KEY = 0xcd

const SESSION = 1
const OPEN_SESSION = 0x00
const CLOSE_SESSION = 0x01
const LAST_DATA = 0x80
const FILE_INFORMATION = 0xc3

const TAG_FILE_SIZE = 0x20
const TAG_SIGNATURE = 0x33
const TAG_PUBLIC_KEY_DATA = 0x34
const TAG_EC_KEY = 0x49
const TAG_FILE_ID = 0x83
const TAG_PRIVATE_KEY_ID = 0x84
const TAG_PUBLIC_KEY_ID = 0x85
const TAG_EC_POINT = 0x86
const TAG_FILE = 0xc3
const TAG_FINAL_HASH = 0x9e

/** Mode of operation 3, "pad and sign": the hash is computed outside. Then hash algorithm SHA-256 and signature algorithm ECDSA. */
const SIGN_A_HASH = hex`a10103 91020001 920104`

const DIGEST_BYTES = 32
const COORDINATES_BYTES = 64
const UNCOMPRESSED = 0x04
/** Some modems cut off what is longer than their buffers (Sequans Monarch, as Orange's client has it). */
const RANDOM_BYTES_MAX = 64
const FILE_CHUNK_BYTES = 64

/** The applet that was selected on a logical channel. */
export class Applet {
    constructor(
        private readonly card: Card,
        private readonly channel: number
    ) {}

    /** In place of the key that is there. @returns the public key, x || y, 64 bytes @throws IdentityError noKey, refused */
    async generateKeyPair(privateKeyId: Buffer): Promise<Buffer> {
        const answer = await this.send({
            ins: GENERATE_KEY_PAIR,
            p1: 0,
            p2: 0,
            data: field(TAG_PRIVATE_KEY_ID, privateKeyId),
            le: 0,
        })
        if (isMissing(answer.status))
            throw new IdentityError(
                "noKey",
                `status ${statusText(answer.status)}: the applet lets nobody make key ${privateKeyId.toString("hex")}: ask the SIM's issuer which one may be made`
            )
        return coordinatesIn(expectDone(answer, "making a key"))
    }

    /** x || y, 64 bytes. @throws IdentityError noKey */
    async readPublicKey(publicKeyId: Buffer): Promise<Buffer> {
        const answer = await this.send({
            ins: READ_PUBLIC_KEY,
            p1: 0,
            p2: 0,
            data: field(TAG_PUBLIC_KEY_ID, publicKeyId),
            le: 0,
        })
        expectKey(answer, publicKeyId)
        return coordinatesIn(expectDone(answer, "reading the public key"))
    }

    /** ECDSA with P-256. @param digest SHA-256, 32 bytes @returns r || s, 64 bytes @throws IdentityError noKey */
    async sign(privateKeyId: Buffer, digest: Buffer): Promise<Buffer> {
        if (digest.length !== DIGEST_BYTES)
            throw new RangeError(`a digest of ${digest.length} bytes`)
        // A node that lost its power left its session open. When there is none this is refused, and nothing is lost.
        await this.send({ ins: COMPUTE_SIGNATURE_INIT, p1: CLOSE_SESSION, p2: SESSION })
        const opened = await this.send({
            ins: COMPUTE_SIGNATURE_INIT,
            p1: OPEN_SESSION,
            p2: SESSION,
            data: Buffer.concat(field(TAG_PRIVATE_KEY_ID, privateKeyId), SIGN_A_HASH),
        })
        expectKey(opened, privateKeyId)
        expectDone(opened, "opening a signature")
        const signed = await this.send({
            ins: COMPUTE_SIGNATURE_UPDATE,
            p1: LAST_DATA,
            p2: SESSION,
            data: field(TAG_FINAL_HASH, digest),
            le: 0,
        })
        return signatureIn(expectDone(signed, "signing"))
    }

    async random(n: number): Promise<Buffer> {
        const bytes = Buffer.alloc(n)
        for (let at = 0; at < n; at += RANDOM_BYTES_MAX) {
            const le = Math.min(RANDOM_BYTES_MAX, n - at)
            const answer = await this.send({ ins: GET_RANDOM, p1: 0, p2: 0, le })
            const drawn = expectDone(answer, "drawing random bytes")
            if (drawn.length !== le)
                throw new IdentityError("garbled", `${drawn.length} random bytes, not ${le}`)
            bytes.blitAt(at, drawn, 0, le)
        }
        return bytes
    }

    /** Such as the certificate that the issuer put in. @throws IdentityError refused: no such file, or it is longer */
    async readFile(fileId: Buffer, bytesMax: number): Promise<Buffer> {
        const id = field(TAG_FILE_ID, fileId)
        const size = await this.fileSize(id)
        if (size > bytesMax)
            throw new IdentityError("refused", `a file of ${size} bytes, not ${bytesMax} at most`)
        const bytes = Buffer.alloc(size)
        let at = 0
        while (at < size) {
            const wanted = Math.min(FILE_CHUNK_BYTES, size - at)
            const answer = await this.send({
                ins: READ_FILE,
                p1: at >> 8,
                p2: at & 0xff,
                data: id,
                le: wanted,
            })
            const chunk = expectDone(answer, "reading a file")
            // Some give all there is, whatever was wanted.
            const count = Math.min(chunk.length, size - at)
            if (count === 0) throw new IdentityError("garbled", `a file ends at ${at} of ${size}`)
            bytes.blitAt(at, chunk, 0, count)
            at += count
        }
        return bytes
    }

    private async fileSize(id: Buffer): Promise<number> {
        const answer = await this.send({
            ins: GET_DATA,
            p1: FILE_INFORMATION,
            p2: 0,
            data: id,
            le: 0,
        })
        let information = expectDone(answer, "looking for a file")
        // Some applets leave out the field around them all.
        if (information[0] === TAG_FILE) information = valueOf(information, TAG_FILE)
        const size = valueOf(information, TAG_FILE_SIZE)
        if (size.length !== 2) throw new IdentityError("garbled", "no size of a file")
        return (size[0] << 8) | size[1]
    }

    private async send(command: Command): Promise<Answer> {
        return await this.card.toApplet(this.channel, command)
    }
}

/** Nothing has this id, or its container is empty. */
function isMissing(status: number): boolean {
    return status === 0x6a82 || status === 0x6a88 || status === 0x6985
}

function expectKey({ status }: Answer, id: Buffer): void {
    if (isMissing(status))
        throw new IdentityError(
            "noKey",
            `status ${statusText(status)}: the applet has no key ${id.toString("hex")}: make one with generateKeyPair(), or ask the SIM's issuer for the id`
        )
}

function expectDone(answer: Answer, doing: string): Buffer {
    if (!isDone(answer.status)) throw statusError(answer.status, doing)
    return answer.data
}

/** The point is there with a byte before it that says it is not compressed. */
function coordinatesIn(answer: Buffer): Buffer {
    const key = valueOf(valueOf(answer, TAG_PUBLIC_KEY_DATA), TAG_EC_KEY)
    const point = valueOf(key, TAG_EC_POINT)
    if (point.length !== 1 + COORDINATES_BYTES || point[0] !== UNCOMPRESSED)
        throw new IdentityError("garbled", `a public key of ${point.length} bytes is none of P-256`)
    return point.slice(1)
}

function signatureIn(answer: Buffer): Buffer {
    const from = answer[1] === 0 ? 3 : 2
    const length = answer.length - from
    if (answer[0] !== TAG_SIGNATURE || answer[from - 1] !== length || length !== COORDINATES_BYTES)
        throw new IdentityError("garbled", `${answer.length} bytes are no signature of P-256`)
    return answer.slice(from)
}
