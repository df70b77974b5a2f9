import { describe, expect, test } from "../suite"
import { matches } from "../../src/mqtt/filter"
import { TOPIC_BYTES_MAX, isValidFilter, isValidTopic } from "../../src/mqtt/topic"

// The examples of the OASIS standard, chapter 4.7: "filter topic", one space between; and what is next to them.
const MATCHING = [
    "a/b/c a/b/c",
    "sport/tennis/player1/# sport/tennis/player1",
    "sport/tennis/player1/# sport/tennis/player1/ranking",
    "sport/tennis/player1/# sport/tennis/player1/score/wimbledon",
    "sport/# sport",
    "sport/# sport/",
    "# sport/tennis",
    "# /",
    "sport/tennis/+ sport/tennis/player1",
    "sport/+ sport/",
    "sport/+/player1 sport/tennis/player1",
    "+ sport",
    "+/tennis/# sport/tennis",
    "+/+ /finance",
    "/+ /finance",
    "+/monitor/Clients x/monitor/Clients",
    "$SYS/# $SYS",
    "$SYS/# $SYS/broker",
    "$SYS/monitor/+ $SYS/monitor/Clients",
    "a/+/$x a/b/$x",
    "a/# a/$x",
    "+/+/+ //",
]
const NOT_MATCHING = [
    "a/b a/b/c",
    "a/b/c a/b",
    "node/1 node/12",
    "node/12 node/1",
    "sport/tennis/player1/# sport/tennis/player10",
    "sport/tennis/# sport",
    "sport/tennis/+ sport/tennis/player1/ranking",
    "sport/+ sport",
    "+ /finance",
    "+/+ finance",
    "+ a/b",
    "/finance finance",
    "a/ a",
    "ACCOUNTS Accounts",
    "# $SYS",
    "# $SYS/broker",
    "+ $SYS",
    "+/monitor/Clients $SYS/monitor/Clients",
    "$SYS/# $SY",
]

function longest(extra: number): string {
    const bytes = Buffer.alloc(TOPIC_BYTES_MAX + extra)
    bytes.fillAt(0, bytes.length, 0x61)
    return bytes.toString("utf-8")
}

describe("mqtt filters", () => {
    test("a filter matches by levels, and wildcards by the standard's rules", () => {
        for (const pair of MATCHING) {
            const words = pair.split(" ")
            if (!matches(words[0], words[1])) throw new Error(pair)
        }
        for (const pair of NOT_MATCHING) {
            const words = pair.split(" ")
            if (matches(words[0], words[1])) throw new Error(`not: ${pair}`)
        }
    })

    test("a wildcard is a whole level, and # the last", () => {
        for (const filter of ["a", "/", "//", "#", "a/#", "+", "+/tennis/#", "/+", "a b", "$SYS/#"])
            if (!isValidFilter(filter)) throw new Error(filter)
        for (const filter of [
            "",
            "sport/tennis#",
            "sport/tennis/#/ranking",
            "sport+",
            "+a",
            "##",
            "a/#b",
            "#/",
            "++",
        ])
            if (isValidFilter(filter)) throw new Error(`not: ${filter}`)
    })

    test("a topic has no wildcard, no U+0000, and at least a character", () => {
        for (const topic of ["a", "/", "a/b c/\u00e9", "$SYS", " "])
            if (!isValidTopic(topic)) throw new Error(topic)
        for (const topic of ["", "+", "a/#", "a+b", "a\0"])
            if (isValidTopic(topic)) throw new Error(`not: ${topic}`)
        expect(isValidFilter("a\0")).toBe(false)
    })

    test("length is counted in bytes, and bounded", () => {
        expect(isValidTopic(longest(0))).toBe(true)
        expect(isValidTopic(longest(1))).toBe(false)
        expect(isValidFilter(longest(0))).toBe(true)
        expect(isValidFilter(longest(1))).toBe(false)
        expect(isValidTopic(`${longest(-1)}\u00e9`)).toBe(false)
    })
})
