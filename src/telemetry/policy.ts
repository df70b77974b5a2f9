/** The report policy: what of each measurand leaves the node, and when. What is not sent protects people and batteries. */

/**
 * - `raw`: every sample, at once
 * - `summary`: the mean of the interval, once an interval
 * - `verdict`: the latest value, when the verdict changes
 * - `off`: never; the model may still use it
 */
export type ReportAs = "raw" | "summary" | "verdict" | "off"

export interface ReportPolicy {
    /** A report at least this often: the summary, and the sign of life. */
    everyMs: number
    /** By measurand; one that is not named is `off`. */
    measurands: { [measurand: string]: ReportAs }
    /** Rounds in a row that a new verdict must hold before it counts: what lies on a threshold flickers. 1 where absent. */
    verdictAfter?: number
    /**
     * Verdicts that are alarms when they come: in flash before they are told, and until the broker has them. Others are told as soon, by
     * reports as any. All, and `unknown`, where absent.
     */
    alarms?: string[]
    /** What becomes of routine reports while the broker is away: kept up to a bound (the default), or the newest alone. */
    whileOffline?: "keep" | "newest"
}
