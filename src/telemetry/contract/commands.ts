/**
 * What is said beside telemetry, in CBOR: a map of one pair. The node asks and answers on its ack topic, the fleet on its down topic;
 * between a node with a claim and its fleet all of it is sealed.
 *
 * | what     | node                                        | fleet                                              |
 * |----------|---------------------------------------------|----------------------------------------------------|
 * | time     | asks: uptime in ms                          | answers: [that uptime, milliseconds since 1970]    |
 * | alive    | answers: the same number                    | asks: any number; is this node, with its key, there? |
 * | enrol    | leaves and enrols again, with the same key  | asks, before the credential ends: 1                |
 * | rollover | sends: bytes, as contract/rollover.ts has them | answers: the generation that it knows now       |
 */
export const COMMAND_TIME = "time"
export const COMMAND_ALIVE = "alive"
export const COMMAND_ENROL = "enrol"
export const COMMAND_ROLLOVER = "rollover"
