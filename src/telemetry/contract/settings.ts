/** The settings in a node's flash, as the node and whoever flashes it call them: keys of at most 13 characters, values JSON texts. */

/** `mqtt://host:port` */
export const SETTING_BROKER = "BROKER"

/**
 * `<id>-<secret>`, 16 and 64 hex digits: what a node enrols with (contract/enrolment.ts), and the id it goes by. A node without one
 * goes by its chip's id, and speaks in the open; a node with one says nothing in the open but its state.
 */
export const SETTING_CLAIM = "CLAIM"

/** 18 hex digits, a secure element's serial number: examples/provision-se.ts, and nothing else, locks the chip of that number for ever. */
export const SETTING_PROVISION_SE = "PROVISION_SE"
