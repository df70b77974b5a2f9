/** In what order reports go once the broker is back: alarms first, then the newest. What had to make room is told by its number. */
import { Form, Outbox, ROUTINE } from "../src/telemetry/outbox"

// Room for three routine reports; a node has 32, and as many alarms in flash.
const outbox = new Outbox(3, 8)
for (let sequence = 0; sequence < 5; ++sequence) outbox.pushRoutine(sequence, hex`00`)
outbox.pushAlarm(5, Form.Report, hex`00`, 0)
outbox.pushRoutine(6, hex`00`)

console.log(`dropped: ${outbox.lost.toText()}`)
while (outbox.count() > 0) {
    const { sequence, alarm } = outbox.take()
    console.log(`${sequence} ${alarm === ROUTINE ? "routine" : "alarm"}`)
}
