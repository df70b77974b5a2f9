/** The settings in a node's flash, as the node and whoever flashes it call them: keys of at most 13 characters, values JSON texts. */

/** `mqtt://host:port` */
export const SETTING_BROKER = "BROKER"
