/**
 * A part with a FIFO, read as a signal: each of its samples is a whole window, spaced evenly by the part's own clock. What the FIFO kept
 * since the last time counts, so a window of one second takes less than one to read, and windows a second apart leave no gap.
 */
import { Clock, Sensor, SensorError } from "../drivers/sensor"
import { mean } from "./moments"
import { SignalSensor } from "./sampler"
import { Window } from "./window"

/** Acceleration in m/s2 from a FIFO: `Lis3dh` with `fifo: true`. */
export interface FifoSensor extends Sensor {
    readonly dataRateHertz: number
    /** How often the FIFO was full, and samples lost before those it gave. */
    readonly overruns: number
    /** Takes samples, the oldest first and at most `most`, into the places from `from` on. @returns how many @throws SensorError */
    readFifo(x: number[], y: number[], z: number[], most: number, from: number): Promise<number>
}

/** Sample periods between two readings of the FIFO: half of the 32 that it holds. */
const READ_EVERY_SAMPLES = 16

export class Burst implements SignalSensor {
    readonly part: string
    readonly warmUpMs: number
    readonly samplesPerSecond: number
    readonly measurands = [
        "accelerationXMetresPerSecondSquared",
        "accelerationYMetresPerSecondSquared",
        "accelerationZMetresPerSecondSquared",
    ]
    /** By measurand; not full while there is no window. */
    readonly windows: Window[] = []
    private readonly means = {
        accelerationXMetresPerSecondSquared: NaN,
        accelerationYMetresPerSecondSquared: NaN,
        accelerationZMetresPerSecondSquared: NaN,
    }

    /** @param samples a window */
    constructor(
        private readonly sensor: FifoSensor,
        private readonly clock: Clock,
        private readonly samples: number
    ) {
        this.part = sensor.part
        this.warmUpMs = sensor.warmUpMs
        this.samplesPerSecond = sensor.dataRateHertz
        for (let i = 0; i < this.measurands.length; ++i) this.windows.push(new Window(samples))
    }

    /** @throws SensorError */
    async start(): Promise<void> {
        this.clear()
        await this.sensor.start()
    }

    /** Fills the windows anew, within the time of one; returns the mean of each. @throws SensorError, and timeout when samples were lost within */
    async sample(): Promise<object> {
        const { sensor, windows } = this
        this.clear()
        // Cleared windows begin at their first place, so the part's samples are read to where they stay.
        const x = windows[0].samples
        const y = windows[1].samples
        const z = windows[2].samples
        let taken = 0
        while (taken < this.samples) {
            if (taken > 0) await this.clock.delay(this.waitMs(this.samples - taken))
            const lost = sensor.overruns
            // No more than the window takes: what is over begins the next one.
            const count = await sensor.readFifo(x, y, z, this.samples - taken, taken)
            // Before the first batch some may be missing: the window begins behind them.
            if (taken > 0 && sensor.overruns > lost)
                throw new SensorError(this.part, "timeout", "the FIFO ran over")
            taken += count
            for (let i = 0; i < windows.length; ++i) windows[i].fill(taken)
        }
        const { means } = this
        means.accelerationXMetresPerSecondSquared = mean(windows[0])
        means.accelerationYMetresPerSecondSquared = mean(windows[1])
        means.accelerationZMetresPerSecondSquared = mean(windows[2])
        return means
    }

    private waitMs(missing: number): number {
        const samples = missing < READ_EVERY_SAMPLES ? missing : READ_EVERY_SAMPLES
        return (samples * 1000) / this.samplesPerSecond
    }

    private clear(): void {
        for (let i = 0; i < this.windows.length; ++i) this.windows[i].clear()
    }
}
