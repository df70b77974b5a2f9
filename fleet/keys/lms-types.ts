/** The types of LMS and LM-OTS that the fleet verifies and signs with: RFC 8554 §4.1 and §5.1, RFC 9858 §3 and §4. */

/** Both types of a public key, and what follows from them. */
export interface LmsType {
    lmsCode: number
    otsCode: number
    /** Of a hash: n and m. */
    hashBytes: number
    /** h */
    height: number
    /** w, p and ls */
    digitBits: number
    chains: number
    checksumShift: number
}

/** [code, hash bytes, height] */
const LMS = [
    [0x05, 32, 5],
    [0x06, 32, 10],
    [0x07, 32, 15],
    [0x08, 32, 20],
    [0x09, 32, 25],
    [0x0a, 24, 5],
    [0x0b, 24, 10],
    [0x0c, 24, 15],
    [0x0d, 24, 20],
    [0x0e, 24, 25],
]
/** [code, hash bytes, w, p, ls] */
const OTS = [
    [0x01, 32, 1, 265, 7],
    [0x02, 32, 2, 133, 6],
    [0x03, 32, 4, 67, 4],
    [0x04, 32, 8, 34, 0],
    [0x05, 24, 1, 200, 8],
    [0x06, 24, 2, 101, 6],
    [0x07, 24, 4, 51, 4],
    [0x08, 24, 8, 26, 0],
]
/** I */
export const IDENTIFIER_BYTES = 16

/** Undefined when a code is not known, or the two hash to different lengths. */
export function lmsType(lmsCode: number, otsCode: number): LmsType | undefined {
    const lms = LMS.find(([code]) => code === lmsCode)
    const ots = OTS.find(([code]) => code === otsCode)
    if (lms === undefined || ots === undefined || lms[1] !== ots[1]) return undefined
    const [, hashBytes, height] = lms
    const [, , digitBits, chains, checksumShift] = ots
    return { lmsCode, otsCode, hashBytes, height, digitBits, chains, checksumShift }
}

export function publicKeyBytes({ hashBytes }: LmsType): number {
    return 8 + IDENTIFIER_BYTES + hashBytes
}

/** The LM-OTS part: type, C, and the end of each chain. */
export function otsSignatureBytes({ hashBytes, chains }: LmsType): number {
    return 4 + hashBytes * (1 + chains)
}

/** q, the LM-OTS part, type, and the path. */
export function signatureBytes(type: LmsType): number {
    return 4 + otsSignatureBytes(type) + 4 + type.hashBytes * type.height
}
