/** The run's clock on the wall: it starts on a Monday at 07:30, so that people come soon after. */
export const START_MINUTE = 7 * 60 + 30
export const MINUTES_A_DAY = 24 * 60
export const MINUTE_MS = 60_000

/** Day 0 is a Monday. */
export function isWorkingDay(day: number): boolean {
    return day % 7 < 5
}

/** Day of the run and minute of that day, with its fraction, in which a row begins. */
export function momentOf(row: number, rowMs: number): { day: number; minute: number } {
    const minutes = START_MINUTE + (row * rowMs) / MINUTE_MS
    const day = Math.floor(minutes / MINUTES_A_DAY)
    return { day, minute: minutes - day * MINUTES_A_DAY }
}
