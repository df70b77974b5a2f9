/**
 * What a program is told from outside, and what it keeps: the setting BROKER, and how often it was started. Each write wears the flash, and
 * power cut in the middle of one can cost all settings: a node that reports writes nothing at boot.
 */
import { readText } from "../src/node/config"
import { FlashStore } from "../src/node/flash-store"
import { SETTING_BROKER } from "../src/telemetry/contract/settings"

const KEY = "started" // at most 13 characters

console.log(`${SETTING_BROKER} is ${await readText(SETTING_BROKER, "not set")}`)

const store = new FlashStore()
const before = await store.read(KEY)
const times = (before === undefined ? 0 : before[0]) + 1
// Read back: a store that is full or worn swallows what it is given.
const isKept = await store.write(KEY, Buffer.from([times & 0xff]))
console.log(`started ${times} times, ${isKept ? "kept" : "not kept"}`)
