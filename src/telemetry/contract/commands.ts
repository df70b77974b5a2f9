/**
 * What is said beside telemetry, in CBOR. The node asks on its ack topic, the fleet answers on its down topic:
 * `{"time": uptime in ms}` and `{"time": [that uptime, milliseconds since 1970]}`.
 */
export const COMMAND_TIME = "time"
