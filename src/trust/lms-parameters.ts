/** The parameter sets of LMS and LM-OTS with SHA-256 (RFC 8554 §4.1 and §5.1) and SHA-256/192 (RFC 9858 §3 and §4). */

export const LMS_SHA256_M32_H5 = 5
export const LMS_SHA256_M24_H5 = 10
export const LMOTS_SHA256_N32_W4 = 3
export const LMOTS_SHA256_N32_W8 = 4
export const LMOTS_SHA256_N24_W4 = 7
export const LMOTS_SHA256_N24_W8 = 8

/** Each table of types goes on with the next taller tree, or the next wider digit. */
const LMS_HEIGHTS = [5, 10, 15, 20, 25]
const OTS_WIDTHS = [1, 2, 4, 8]
const FIRST_LMS_M32 = 5
const FIRST_LMS_M24 = 10
const FIRST_OTS_N32 = 1
const FIRST_OTS_N24 = 5
/** By width: chains of a signature, and by how much its checksum is shifted. */
const CHAINS_N32 = [265, 133, 67, 34]
const CHAINS_N24 = [200, 101, 51, 26]
const SHIFTS_N32 = [7, 6, 4, 0]
const SHIFTS_N24 = [8, 6, 4, 0]

/** I, the identifier of a key. */
export const IDENTIFIER_BYTES = 16

export interface LmsParameters {
    lmsType: number
    otsType: number
    /** n and m: of every hash, and of the seed. */
    hashBytes: number
    /** h: a tree has 2^h one-time keys. */
    height: number
    /** w: bits of a digit; a chain has 2^w - 1 steps. */
    digitBits: number
    /** p */
    chains: number
    /** ls */
    checksumShift: number
    otsSignatureBytes: number
    signatureBytes: number
    publicKeyBytes: number
}

/** Undefined for a type that is not known, and for a pair that does not hash alike (which RFC 8554 §5.1 advises against). */
export function lmsParameters(lmsType: number, otsType: number): LmsParameters {
    const isShort = lmsType >= FIRST_LMS_M24
    const height = LMS_HEIGHTS[lmsType - (isShort ? FIRST_LMS_M24 : FIRST_LMS_M32)]
    const width = otsType - (isShort ? FIRST_OTS_N24 : FIRST_OTS_N32)
    const digitBits = OTS_WIDTHS[width]
    if (height === undefined || digitBits === undefined) return undefined
    const hashBytes = isShort ? 24 : 32
    const chains = isShort ? CHAINS_N24[width] : CHAINS_N32[width]
    const otsSignatureBytes = 4 + hashBytes * (1 + chains)
    return {
        lmsType,
        otsType,
        hashBytes,
        height,
        digitBits,
        chains,
        checksumShift: isShort ? SHIFTS_N24[width] : SHIFTS_N32[width],
        otsSignatureBytes,
        signatureBytes: 4 + otsSignatureBytes + 4 + hashBytes * height,
        publicKeyBytes: 8 + IDENTIFIER_BYTES + hashBytes,
    }
}
