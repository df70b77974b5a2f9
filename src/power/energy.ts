/** From what a node has used to energy, for a board. Plain functions for the far end, the simulator and the benches. */
import { BoardPower } from "./board-power"
import { Use } from "./use"

/** MAC header 24, CCMP 16, LLC 8, IP 20, TCP 20, frame check 4. */
export const FRAME_BYTES = 92
/** 802.11b: 144 and 48 bits at 1 Mbit/s come before every frame. */
export const PREAMBLE_MS = 0.192
/** At 1 Mbit/s. */
export const BYTE_MS = 0.008
/**
 * A boot joins the WiFi once. Measured by others: 204 mC on an ESP32, with DHCP (glenn20/upy-esp32-experiments); at the 112 mA of its
 * receiver that is 1.82 s, and so long it is taken to be on all boards. Their whole wake (static address, MQTT, sleep) took 108.6 mC.
 */
export const JOIN_MS = 1821
/** Computed and not measured: a tree of depth 6 and the calls around it take an RP2040 so long (321 us, and 104 to 141 us a call). */
export const VERDICT_MS = 1
/** From the reset that ends a standby to the first instruction of the program; assumed. */
export const WAKE_MS = 1000
/** The stock runtime looks for its network so long after a reset, and not before (wifi.c: `next_scan`). */
export const SCAN_AFTER_MS = 2048
/** TCP, CONNECT, PUBLISH and DISCONNECT with their answers, in a network at home; assumed. */
export const SESSION_MS = 300

const DAY_SECONDS = 86400

/** What was used, and in what it resulted. */
export interface Span {
    use: Use
    /** Each joins the WiFi once. */
    boots: number
    uptimeMs: number
    samples: number
    reports: number
}

export interface Energy {
    /** In all of that time. */
    millijoules: number
    /** Of the processor, awake for a round; at most, for it counts waiting as computing. Undefined before there was a sample. */
    millijoulesPerSample: number | undefined
    /** Of the processor, for one answer of the model: the same for every model, see VERDICT_MS. */
    millijoulesPerVerdict: number
    /** Of the radio, over what it draws with nothing to say, all of its exchanges shared among the reports. Undefined before there was one. */
    millijoulesPerReport: number | undefined
    /** Undefined before any time has passed. */
    meanMilliwatts: number | undefined
    /** The radio's, beside the beacons. */
    radioOnSeconds: number
}

/** Of a node that stays in its WiFi. A node that cannot connect is taken to be in its WiFi all the same. */
export function energyOf(power: BoardPower, span: Span): Energy {
    const { use, boots, uptimeMs, samples, reports } = span
    const radioOnMs = radioOnMsOf(power, use)
    const joinMs = Math.min(boots * JOIN_MS, uptimeMs)
    const computing = power.activeMilliamperes - power.waitingMilliamperes
    const listening = power.receiveMilliamperes - power.connectedMilliamperes
    const sending = power.transmitMilliamperes - power.receiveMilliamperes
    const { supplyVolts } = power
    // Volts times milliamperes times seconds.
    const radio = (supplyVolts * (listening * radioOnMs + sending * transmitMsOf(use))) / 1000
    const join = (supplyVolts * listening * joinMs) / 1000
    const awake = (supplyVolts * computing * use.awakeMs) / 1000
    const rest = (supplyVolts * power.connectedMilliamperes * uptimeMs) / 1000
    const millijoules = rest + join + radio + awake
    return {
        millijoules,
        millijoulesPerSample: samples > 0 ? awake / samples : undefined,
        millijoulesPerVerdict: (supplyVolts * computing * VERDICT_MS) / 1000,
        millijoulesPerReport: reports > 0 ? radio / reports : undefined,
        meanMilliwatts: uptimeMs > 0 ? (millijoules / uptimeMs) * 1000 : undefined,
        radioOnSeconds: (radioOnMs + joinMs) / 1000,
    }
}

/** Boots, or nodes of one chip, taken together. @param spans at least one */
export function sumOf(spans: Span[]): Span {
    const { chip } = spans[0].use
    const use = { chip, exchanges: 0, exchangeMs: 0, packets: 0, sentBytes: 0, awakeMs: 0 }
    const sum = { use, boots: 0, uptimeMs: 0, samples: 0, reports: 0 }
    for (const span of spans) {
        use.exchanges += span.use.exchanges
        use.exchangeMs += span.use.exchangeMs
        use.packets += span.use.packets
        use.sentBytes += span.use.sentBytes
        use.awakeMs += span.use.awakeMs
        sum.boots += span.boots
        sum.uptimeMs += span.uptimeMs
        sum.samples += span.samples
        sum.reports += span.reports
    }
    return sum
}

/** Exchanges, and what the radio listens after each. */
function radioOnMsOf(power: BoardPower, use: Use): number {
    return use.exchangeMs + use.exchanges * power.tailMs
}

/** A packet that comes is acknowledged: each, in either direction, is a frame that is sent. */
export function transmitMsOf(use: Use): number {
    return use.packets * (PREAMBLE_MS + FRAME_BYTES * BYTE_MS) + use.sentBytes * BYTE_MS
}

/** The same work by a node that is in standby between samples, and joins its WiFi for a report only. */
export interface Standby {
    millijoulesPerDay: number
    radioOnSecondsPerDay: number
}

/**
 * A projection: standby loses all RAM, and parts that want to be warm are taken to stay on.
 * @param awakeMsPerSample of a round @returns undefined for a board without standby
 */
export function standbyOf(
    power: BoardPower,
    samplesPerDay: number,
    reportsPerDay: number,
    awakeMsPerSample: number
): Standby | undefined {
    const { supplyVolts, standbyMilliamperes } = power
    if (standbyMilliamperes === undefined) return undefined
    const radioOnSeconds = (reportsPerDay * (JOIN_MS + SESSION_MS)) / 1000
    const activeSeconds =
        (samplesPerDay * (WAKE_MS + awakeMsPerSample) +
            reportsPerDay * Math.max(SCAN_AFTER_MS - awakeMsPerSample, 0)) /
        1000
    const asleepSeconds = Math.max(DAY_SECONDS - activeSeconds - radioOnSeconds, 0)
    const millicoulombs =
        power.activeMilliamperes * activeSeconds +
        power.receiveMilliamperes * radioOnSeconds +
        standbyMilliamperes * asleepSeconds
    return {
        millijoulesPerDay: supplyVolts * millicoulombs,
        radioOnSecondsPerDay: radioOnSeconds,
    }
}

/** Of a battery that gives all it has: no self-discharge, no regulator's loss, no cold. */
export function batteryDays(meanMilliwatts: number, batteryMilliwattHours: number): number {
    return batteryMilliwattHours / (meanMilliwatts * 24)
}
