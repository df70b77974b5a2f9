/** A few hours of the day without a broker. */
import { linesPicture } from "../all/lines"
import type { Quick } from "../all/quick"

export const offlineQuick: Quick = {
    name: "offline",
    args: ["offline", "--hours", "4"],
    test: "hours without a broker",
    sentence:
        "{hours} h at a report a second: heap {heapBytesFirstHour kB} in the first hour, {heapBytesLastHour kB} in the last, of 64; then {alarmsFirst} alarms first; {dropped} dropped, {unaccounted} of them untold",
    measured: [],
    isAlone: false,
    picture: ({ heapBytesByHour, hours }) =>
        linesPicture({
            title: `Heap of a node that is ${hours} h without its broker`,
            xAxis: "hours",
            yAxis: "most that the heap held, in kB",
            most: 64,
            lines: [
                {
                    name: "heap, garbage included",
                    points: (heapBytesByHour as number[]).map((bytes, i) => [i + 1, bytes / 1024]),
                },
            ],
        }),
}
