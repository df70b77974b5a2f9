/** The parameter sets of LMS and LM-OTS with SHA-256 (RFC 8554 §4.1 and §5.1) and SHA-256/192 (RFC 9858 §3 and §4). */

export const LMS_SHA256_M32_H5 = 5
export const LMS_SHA256_M24_H5 = 10
export const LMOTS_SHA256_N32_W4 = 3
export const LMOTS_SHA256_N32_W8 = 4
export const LMOTS_SHA256_N24_W4 = 7
export const LMOTS_SHA256_N24_W8 = 8

/** Each table of types goes on with a tree 5 higher, or digits twice as wide. */
const FIRST_LMS_M32 = 5
const FIRST_LMS_M24 = 10
const LMS_TYPES = 5
const FIRST_OTS_N32 = 1
const FIRST_OTS_N24 = 5
const OTS_TYPES = 4
const CHECKSUM_BITS = 16

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
    const taller = lmsType - (isShort ? FIRST_LMS_M24 : FIRST_LMS_M32)
    const wider = otsType - (isShort ? FIRST_OTS_N24 : FIRST_OTS_N32)
    if (!(taller >= 0 && taller < LMS_TYPES && wider >= 0 && wider < OTS_TYPES)) return undefined
    const height = 5 * (1 + taller)
    const digitBits = 1 << wider
    const hashBytes = isShort ? 24 : 32
    // RFC 8554 appendix B: digits of a hash, and of the most that its checksum can be.
    const hashDigits = (8 * hashBytes) >> wider
    let bits = 0
    for (let most = hashDigits * ((1 << digitBits) - 1); most > 0; most >>= 1) bits++
    const checksumDigits = Math.idiv(bits + digitBits - 1, digitBits)
    const chains = hashDigits + checksumDigits
    const otsSignatureBytes = 4 + hashBytes * (1 + chains)
    return {
        lmsType,
        otsType,
        hashBytes,
        height,
        digitBits,
        chains,
        checksumShift: CHECKSUM_BITS - checksumDigits * digitBits,
        otsSignatureBytes,
        signatureBytes: 4 + otsSignatureBytes + 4 + hashBytes * height,
        publicKeyBytes: 8 + IDENTIFIER_BYTES + hashBytes,
    }
}
