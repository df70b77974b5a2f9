/** A node with a claim, from power-on: the room program, its registers, its flash, and the fleet of scripted-fleet.ts. */
import assert from "node:assert/strict"
import { before, test } from "node:test"
import { decode } from "cborg"
import { openReport } from "../../fleet/open"
import { openRollover } from "../../fleet/keys/rollover"
import { compileSources } from "../../image/compile"
import { sourcesOf } from "../../image/sources"
import { benchImage, CLAIM, CLAIM_ID, ClaimedDesk, provisioned } from "./claimed-desk"
import type { Opened } from "./scripted-fleet"

const MINUTE_S = 60
const HOUR_S = 3600
/** From power-on: the settings' role binds in a second, and the key takes one more of the simulator's time. */
const ENROLLED_S_MAX = 10
const REPORT = 0
const OTHER = 1

let image: Uint8Array

before(async () => {
    image = await benchImage()
})

function enrolledDesk(): ClaimedDesk {
    const desk = new ClaimedDesk(image)
    assert.ok(
        desk.until(() => desk.fleet.states.length > 0, ENROLLED_S_MAX),
        desk.lines.join("\n")
    )
    return desk
}

function reports(desk: ClaimedDesk): Opened[] {
    return desk.fleet.opened.filter(({ topic }) => topic === `mw/${CLAIM_ID}/up`)
}

/** What it said on its ack topic, by name. */
function said(desk: ClaimedDesk, name: string): unknown[] {
    return desk.fleet.opened
        .filter(({ topic }) => topic === `mw/${CLAIM_ID}/ack`)
        .map(({ plaintext }) => decode(plaintext) as Record<string, unknown>)
        .filter(pair => name in pair)
        .map(pair => pair[name])
}

function bootOf(desk: ClaimedDesk): string {
    return (JSON.parse(desk.fleet.states.at(-1) ?? "{}") as { boot: string }).boot
}

/** As it is told by the next words of the node. */
function enrolAgain(desk: ClaimedDesk): void {
    const { length } = desk.fleet.proofs
    desk.fleet.command(bootOf(desk), { enrol: 1 })
    assert.ok(
        desk.until(() => desk.fleet.proofs.length > length, 60),
        "no other proof"
    )
    const { states } = desk.fleet
    const told = states.length
    assert.ok(
        desk.until(() => states.length > told, 60),
        "not back"
    )
}

test("from power-on to sealed telemetry: one proof, two connections, and only its state in the open", () => {
    const desk = enrolledDesk()
    desk.run(30 * MINUTE_S)
    const { fleet } = desk
    assert.deepEqual(fleet.connects, [`claim-${CLAIM_ID}: 0`, `${CLAIM_ID}: 0`])
    assert.deepEqual(
        fleet.proofs.map(({ generation, index }) => ({ generation, index })),
        [{ generation: 0, index: 0 }]
    )
    assert.equal(fleet.states.length, 1)
    const boot = bootOf(desk)
    const opened = reports(desk)
    // At once, and then every five minutes.
    assert.equal(opened.length, 7 - 1)
    for (const [sequence, { kind, number, plaintext, boot: of }] of opened.entries()) {
        assert.deepEqual({ kind, number, of }, { kind: REPORT, number: sequence, of: boot })
        const report = openReport(plaintext, { boot, sequence: number })
        const values = new Map(report.records.map(({ name, value }) => [name, value]))
        assert.equal(values.get("t"), 21.5)
        // One round a minute, none late: neither the key nor the enrolment is in their way.
        assert.equal(report.samples, 5 * sequence + 1)
        assert.equal(values.has("g"), false)
    }
    assert.deepEqual(desk.node.panics, [])
})

test("what is no claim keeps the node offline, tells a person, and shows no secret", async () => {
    for (const claim of [CLAIM.slice(1), CLAIM.toUpperCase(), `${CLAIM}0`, "x"]) {
        const desk = new ClaimedDesk(await benchImage(claim))
        desk.run(20 * MINUTE_S)
        assert.deepEqual(desk.fleet.connects, [])
        const told = desk.lines.filter(line => line.includes("setting CLAIM"))
        assert.equal(told.length, 1)
        assert.equal(desk.lines.join("\n").includes(claim.slice(20, 60) || "?"), false)
        assert.deepEqual(desk.node.panics, [])
    }
})

test("no secret, and no password, is ever printed", () => {
    const desk = enrolledDesk()
    desk.run(30 * MINUTE_S)
    const printed = desk.lines.join("\n")
    const [[token, secret]] = desk.fleet.secrets
    for (const hidden of [CLAIM.slice(17), token, secret.toString("hex")])
        assert.equal(printed.includes(hidden.slice(0, 12)), false)
})

test("a kick costs a connection, a power cut a boot, neither an enrolment", () => {
    const desk = enrolledDesk()
    desk.run(10 * MINUTE_S)
    desk.fleet.hangUp()
    desk.run(10 * MINUTE_S)
    const first = bootOf(desk)
    desk.node.powerCut(5000)
    desk.run(10 * MINUTE_S)
    assert.equal(desk.fleet.proofs.length, 1)
    assert.deepEqual(desk.fleet.connects.slice(1), Array(3).fill(`${CLAIM_ID}: 0`))
    assert.notEqual(bootOf(desk), first)
    assert.equal(reports(desk).at(-1)?.boot, bootOf(desk))
})

test("turned away twice in a row, it enrols again with the same key, and loses no report", () => {
    const desk = enrolledDesk()
    desk.run(12 * MINUTE_S)
    desk.fleet.turnAway()
    desk.run(20 * MINUTE_S)
    const { connects, proofs } = desk.fleet
    assert.deepEqual(connects.slice(2), [
        `${CLAIM_ID}: 5`,
        `${CLAIM_ID}: 5`,
        `claim-${CLAIM_ID}: 0`,
        `${CLAIM_ID}: 0`,
    ])
    assert.deepEqual(proofs[1].publicKey, proofs[0].publicKey)
    assert.deepEqual([proofs[0].index, proofs[1].index], [0, 1])
    const numbers = reports(desk).map(({ number }) => number)
    assert.deepEqual(
        [...numbers].sort((a, b) => a - b),
        numbers.map((_, index) => index)
    )
    // The store's last credential is the new one.
    desk.node.powerCut(1000)
    desk.run(MINUTE_S)
    assert.deepEqual(connects.slice(6), [`${CLAIM_ID}: 0`])
})

test("turned away once, it comes again with what it has", () => {
    const desk = enrolledDesk()
    desk.fleet.turnAway()
    desk.until(() => desk.fleet.connects.length === 3, MINUTE_S)
    desk.fleet.admitAgain()
    desk.run(5 * MINUTE_S)
    assert.deepEqual(desk.fleet.connects.slice(2), [`${CLAIM_ID}: 5`, `${CLAIM_ID}: 0`])
})

test("asked to enrol, it does, while its reports wait; unanswered, it goes on with what it has", () => {
    const desk = enrolledDesk()
    desk.run(12 * MINUTE_S)
    enrolAgain(desk)
    desk.run(12 * MINUTE_S)
    assert.equal(desk.fleet.proofs.length, 2)
    desk.fleet.isDeaf = true
    desk.fleet.command(bootOf(desk), { enrol: 1 })
    desk.run(12 * MINUTE_S)
    assert.equal(desk.fleet.proofs.length, 2)
    assert.equal(desk.fleet.connects.at(-1), `${CLAIM_ID}: 0`)
    const numbers = reports(desk).map(({ number }) => number)
    assert.deepEqual(numbers, [...numbers.keys()])
    assert.ok(numbers.length >= 7, `${numbers.length} reports`)
})

test("asked to enrol and refused for good, it goes on at once with what it has", () => {
    const desk = enrolledDesk()
    const { states } = desk.fleet
    desk.fleet.refusal = 4
    desk.fleet.command(bootOf(desk), { enrol: 1 })
    assert.ok(
        desk.until(() => states.length === 2, 10),
        "not back"
    )
    assert.equal(desk.fleet.proofs.length, 2)
})

test("a registrar that never answers costs no signature, and is asked ever more seldom", () => {
    const desk = new ClaimedDesk(image)
    desk.fleet.isDeaf = true
    desk.run(4 * HOUR_S)
    const { sizes, connects } = desk.fleet
    assert.ok(sizes.length > 3 && sizes.every(size => size === "HELLO 20"), sizes.join())
    // Each is 30 s of trying, three times, and then 150 s of waiting on average; the first few come sooner.
    assert.ok(connects.length < 4 * 30, `${connects.length} connections`)
    desk.fleet.isDeaf = false
    assert.ok(
        desk.until(() => desk.fleet.states.length > 0, 400),
        "not enrolled"
    )
    desk.run(MINUTE_S)
    // What was sampled meanwhile is told now, as far as the outbox keeps it.
    assert.ok(reports(desk).length >= 32, `${reports(desk).length} reports`)
    assert.deepEqual(desk.node.panics, [])
})

test("a registrar that loses every proof uses up a key in hours, and the next one enrols", () => {
    const desk = new ClaimedDesk(image)
    desk.fleet.twist = (answer, kind) => (kind === 4 ? [] : [answer])
    desk.run(3 * HOUR_S)
    const { proofs } = desk.fleet
    // 28 of the first key; fewer than one in two minutes.
    const ofFirst = proofs.filter(({ generation }) => generation === 0)
    assert.equal(new Set(ofFirst.map(({ index }) => index)).size, 28)
    const used = new Set(proofs.map(({ generation, index }) => `${generation} ${index}`))
    assert.ok(used.has("1 0"), "the next key never signed")
    assert.ok(used.size < 90, `${used.size} signatures`)
    desk.fleet.twist = answer => [answer]
    assert.ok(
        desk.until(() => desk.fleet.states.length > 0, 400),
        "not enrolled"
    )
    assert.deepEqual(desk.node.panics, [])
})

test("refused for good, it asks again in an hour at most, half of it at least; refused for its proof, in minutes", () => {
    for (const [refusal, least, most] of [
        [3, 4, 9],
        [4, 4, 9],
        [5, 4, 9],
        [1, 28, 200],
        [2, 28, 200],
    ]) {
        const desk = new ClaimedDesk(image)
        desk.fleet.refusal = refusal
        desk.run(4 * HOUR_S)
        const { length } = desk.fleet.proofs
        assert.ok(length >= least && length <= most, `refusal ${refusal}: ${length} proofs`)
        assert.deepEqual(desk.fleet.states, [])
    }
})

test("alive is answered, sealed, once; a replay, another boot's, and what is not sealed are not", () => {
    const desk = enrolledDesk()
    const boot = bootOf(desk)
    const say = (run: () => void) => {
        run()
        desk.run(1)
    }
    say(() => desk.fleet.command(boot, { alive: 4711 }, 10))
    assert.deepEqual(said(desk, "alive"), [4711])
    say(() => desk.fleet.command(boot, { alive: 4712 }, 10))
    say(() => desk.fleet.command(boot, { alive: 4713 }, 9))
    say(() => desk.fleet.command("0011223344556677", { alive: 4714 }, 11))
    say(() => desk.fleet.publish(`mw/${CLAIM_ID}/down`, Buffer.from("a165616c697665191267", "hex")))
    say(() => desk.fleet.command(boot, { unheard: 1 }, 12))
    say(() => desk.fleet.command(boot, { alive: "x" }, 13))
    assert.deepEqual(said(desk, "alive"), [4711])
    for (let number = 20; number < 60; ++number) desk.fleet.command(boot, { alive: number }, number)
    desk.run(MINUTE_S)
    const answers = said(desk, "alive").slice(1)
    assert.ok(answers.length >= 4 && answers.length <= 40, `${answers.length} answers`)
    assert.deepEqual(desk.node.panics, [])
})

test("the time is learned from a sealed answer, and told in reports", () => {
    const desk = enrolledDesk()
    desk.until(() => said(desk, "time").length > 0, MINUTE_S)
    const [askedMs] = said(desk, "time") as number[]
    desk.fleet.command(bootOf(desk), { time: [askedMs, Date.UTC(2026, 0, 5)] })
    desk.run(11 * MINUTE_S)
    const { plaintext, boot, number } = reports(desk).at(-1) ?? assert.fail("no report")
    const { epochSeconds = 0 } = openReport(plaintext, { boot, sequence: number })
    const elapsed = epochSeconds - Date.UTC(2026, 0, 5) / 1000
    assert.ok(elapsed > 5 * MINUTE_S && elapsed < 12 * MINUTE_S, `${elapsed} s`)
})

test("before its key is used up the next one is signed by it, told until the fleet knows it, and then signs", () => {
    const desk = enrolledDesk()
    const { proofs } = desk.fleet
    // 32 one-time keys, of which four are kept and eight are the margin.
    while (proofs.length < 20) enrolAgain(desk)
    assert.ok(
        desk.until(() => said(desk, "rollover").length > 0, MINUTE_S),
        "no rollover"
    )
    desk.run(25 * MINUTE_S)
    const told = said(desk, "rollover") as Uint8Array[]
    assert.ok(told.length >= 2, "told once")
    const rollover = openRollover(
        proofs[0].publicKey,
        Buffer.from(CLAIM_ID, "hex"),
        Buffer.from(told[0])
    )
    assert.equal(rollover?.generation, 1)
    assert.deepEqual(new Set(told.map(bytes => Buffer.from(bytes).toString("hex"))).size, 1)
    desk.fleet.command(bootOf(desk), { rollover: 2 })
    desk.run(15 * MINUTE_S)
    const before = said(desk, "rollover").length
    assert.ok(before > told.length, "it took the answer for another generation")
    desk.fleet.command(bootOf(desk), { rollover: 1 })
    desk.run(25 * MINUTE_S)
    assert.equal(said(desk, "rollover").length, before)
    enrolAgain(desk)
    const last = proofs.at(-1)
    assert.deepEqual(last?.publicKey, rollover?.publicKey)
    assert.deepEqual([last?.generation, last?.index], [1, 0])
    assert.deepEqual(desk.node.panics, [])
})

test("a store that was formatted has no key and no credential: it makes a key that it never had", () => {
    const desk = enrolledDesk()
    desk.node.provisionAgain(image)
    assert.ok(
        desk.until(() => desk.fleet.proofs.length > 1, MINUTE_S),
        "no second enrolment"
    )
    const [first, second] = desk.fleet.proofs
    assert.notDeepEqual(second.publicKey, first.publicKey)
})

test("an alarm of an earlier boot is told by this one, and says which it was", () => {
    const desk = enrolledDesk()
    desk.run(7 * MINUTE_S)
    const first = bootOf(desk)
    // Heard by nobody: the power goes before the broker answers.
    desk.fleet.turnAway()
    desk.illuminanceLuxes = 0
    desk.run(3 * MINUTE_S)
    desk.node.powerCut(1000)
    desk.run(5 * MINUTE_S)
    const retold = reports(desk).filter(({ boot, kind }) => boot !== first && kind === OTHER)
    assert.equal(retold.length, 1)
    assert.equal(openReport(retold[0].plaintext).boot, first)
})

test("where reports are not to pile up, alarms that wait tell verdict and time as flash has them, and none is missing", async () => {
    const sources = sourcesOf(["src/main.ts"])
    const text = sources.get("src/main.ts") ?? ""
    sources.set("src/main.ts", text.replace("report: {", 'report: { whileOffline: "newest",'))
    const { bytes } = await compileSources("src/main.ts", sources)
    const desk = new ClaimedDesk(provisioned(bytes))
    assert.ok(
        desk.until(() => desk.fleet.states.length > 0, ENROLLED_S_MAX),
        desk.lines.join("\n")
    )
    desk.run(7 * MINUTE_S)
    desk.fleet.onConnect = () => 3 // server unavailable
    desk.fleet.hangUp()
    const heard = reports(desk).length
    const verdicts: string[] = []
    for (const illuminanceLuxes of [0, 480, 0, 480]) {
        desk.illuminanceLuxes = illuminanceLuxes
        verdicts.push(illuminanceLuxes === 0 ? "vacant" : "occupied")
        desk.run(7 * MINUTE_S)
    }
    desk.fleet.onConnect = undefined
    desk.run(5 * MINUTE_S)
    const boot = bootOf(desk)
    const after = reports(desk).slice(heard)
    const told = after
        .map(({ kind, number, plaintext }) =>
            kind === OTHER
                ? openReport(plaintext)
                : openReport(plaintext, { boot, sequence: number })
        )
        .filter(({ records }) => records.some(({ name }) => name === "occupancy"))
    const kept = after.filter(({ kind }) => kind === OTHER).length
    assert.ok(kept >= 3, `${kept} as flash has them`)
    const changes = told
        .sort((a, b) => a.sequence - b.sequence)
        .map(({ records }) => `${records.find(({ name }) => name === "occupancy")?.value}`)
        .filter((verdict, at, all) => verdict !== all[at - 1])
    assert.deepEqual(changes, verdicts)
    for (const report of told) {
        assert.equal(report.boot, boot)
        assert.equal(typeof report.uptimeMs, "number")
    }
    // All that is missing says so itself: routine reports that made room.
    const lost = told.flatMap(({ records }) => records.filter(({ name }) => name === "lost"))
    assert.ok(lost.length > 0, "nobody tells of those that made room")
    assert.deepEqual(desk.node.panics, [])
})

test("without a claim all is as it was: the chip's id, no user, reports in the open", async () => {
    const desk = new ClaimedDesk(await benchImage(""))
    const heard: string[] = []
    const chip = "00000000000de5c0"
    // The scripted broker knows nodes with a claim alone: this one is heard by its bytes.
    desk.fleet.onConnect = packet => {
        heard.push(`${packet.clientId} ${packet.username} ${packet.password} ${packet.will?.topic}`)
        return 0
    }
    desk.fleet.onPublish = (topic, payload) => {
        if (topic.endsWith("/up")) openReport(payload)
        heard.push(topic)
        return true
    }
    desk.run(7 * MINUTE_S)
    const [connect, state, ...rest] = heard
    assert.equal(connect, `mw-${chip} undefined undefined mw/${chip}/state`)
    assert.equal(state, `mw/${chip}/state`)
    assert.deepEqual(new Set(rest), new Set([`mw/${chip}/ack`, `mw/${chip}/up`]))
    assert.equal(rest.filter(topic => topic.endsWith("/up")).length, 2)
})
