/** `motewise fleet`: nodes that prove who they are: made, run, looked at, revoked. What a verb needs is loaded when it is called. */
import { Command, InvalidArgumentError } from "commander"
import { FLEET_FOLDER } from "./ledger-folder"
import { integerFrom } from "./numbers"

const CLAIMS_MAX = 100_000

export function fleetCommand(): Command {
    return new Command("fleet")
        .description("nodes that prove who they are: make a fleet, run it, look at it")
        .addCommand(initCommand())
        .addCommand(claimCommand())
        .addCommand(upCommand())
        .addCommand(nodesCommand())
        .addCommand(nodeCommand())
        .addCommand(revokeCommand())
        .addHelpText(
            "after",
            `
From nothing to a node that is trusted:
  motewise fleet init                 the fleet's keys, once
  motewise fleet claim --count 3      what three nodes are to be flashed with
  motewise fleet up                   broker, registrar and ledger, until Ctrl-C
  motewise fleet nodes                who is there`
        )
}

/** With the options that all of them have. */
function verb(name: string, description: string): Command {
    return new Command(name)
        .description(description)
        .option("--dir <folder>", "the fleet's", FLEET_FOLDER)
        .option("--json", "print one JSON object and nothing else", false)
}

function initCommand(): Command {
    return verb("init", "make a fleet: its keys, its ledger, its folder")
        .addHelpText(
            "after",
            `
Keys for checkpoints are HSS/LMS (RFC 8554), for 1,048,576 signatures: one a minute for two years. A certificate
(X.509) of the fleet is not made.

Examples:
  motewise fleet init
  motewise fleet init --dir /srv/greenhouse`
        )
        .action(async options => (await import("./fleet-init")).init(options))
}

function claimCommand(): Command {
    return verb("claim", "make claims: what nodes are flashed with, to enrol by themselves")
        .option("--count <n>", "how many", integerFrom(1, CLAIMS_MAX), 1)
        .option(
            "--out <folder>",
            "where to put the nodes' settings (default: claims of the fleet's)"
        )
        .option(
            "--broker-url <url>",
            "where the nodes will find the broker, for their settings",
            brokerUrl
        )
        .addHelpText(
            "after",
            `
A claim is an id and a secret: who has it can enrol as that node, once. One file of settings a node, <id>.env, mode
0600; its lines go into the node's flash (.env.local of a build). Delete the file once the node is flashed. A fleet
that runs takes new claims up by itself.

Examples:
  motewise fleet claim --count 3 --broker-url mqtt://192.168.1.10:1883
  motewise fleet claim --count 1000 --out /media/stick --json`
        )
        .action(async options => (await import("./fleet-claim")).claim(options))
}

function upCommand(): Command {
    return verb("up", "run a fleet: broker, registrar, ledger, anchors; until Ctrl-C")
        .option(
            "--broker <broker>",
            "aedes, in this process; mosquitto, of our own; or somebody else's, mqtt://host:port",
            brokerOf,
            "aedes"
        )
        .option(
            "--chain <chain>",
            "where to anchor: local, none, or a JSON-RPC URL",
            chainOf,
            "local"
        )
        .option("--host <address>", "where our own broker listens", "127.0.0.1")
        .option("--port <n>", "at which port", integerFrom(1, 65_535), 1883)
        .addHelpText(
            "after",
            `
Nodes on other machines need --host 0.0.0.0, or this machine's address in their network. There is no TLS: whoever can
listen in that network sees topics, ids, the state of nodes, and credentials as they pass, with which he can connect in
a node's place until it enrols again. He can neither read nor forge reports and commands: these are sealed.

Somebody else's broker needs a user that may administer its dynamic security, else its topics are not shut:
mqtt://user@host with the password in MOTEWISE_BROKER_PASSWORD, or mqtt://user:password@host, which everybody on this
machine can read.

With --json there is one object at the end, and what happens is told on standard error.

Examples:
  motewise fleet up
  motewise fleet up --host 0.0.0.0 --chain none
  motewise fleet up --broker mosquitto --port 1884
  MOTEWISE_BROKER_PASSWORD=... motewise fleet up --broker mqtt://admin@192.168.1.10:1883`
        )
        .action(async options => (await import("./fleet-up")).up(options))
}

function nodesCommand(): Command {
    return verb("nodes", "every node: claimed, enrolled or revoked, and what it was refused")
        .addHelpText("after", "\nExamples:\n  motewise fleet nodes\n  motewise fleet nodes --json")
        .action(async options => (await import("./fleet-nodes")).nodes(options))
}

function nodeCommand(): Command {
    return verb("node", "all that is known of one node")
        .argument("<id>", "the node's, 16 hex digits")
        .addHelpText("after", "\nExamples:\n  motewise fleet node 0123456789abcdef")
        .action(async (id, options) => (await import("./fleet-nodes")).node(id, options))
}

function revokeCommand(): Command {
    return verb(
        "revoke",
        "shut a node out: its claim and its credential are worth nothing from then on"
    )
        .argument("<id>", "the node's, 16 hex digits")
        .option("--reason <text>", "for the ledger, at most 160 bytes", "revoked by its owner")
        .addHelpText(
            "after",
            `
It goes into the ledger and cannot be taken back. To use the board again, make it a new claim.

Examples:
  motewise fleet revoke 0123456789abcdef --reason "stolen from the roof"`
        )
        .action(async (id, options) => (await import("./fleet-nodes")).revoke(id, options))
}

function brokerUrl(text: string): string {
    // What a node's settings can hold: no user, no path (src/mqtt/broker.ts).
    if (/^mqtt:\/\/[^\s/:@#]+(:\d{1,5})?$/.test(text)) return text
    throw new InvalidArgumentError("It takes mqtt://host or mqtt://host:port.")
}

function brokerOf(text: string): string {
    if (/^(aedes|mosquitto|mqtts?:\/\/[^\s/]+\/?)$/.test(text)) return text
    throw new InvalidArgumentError("It takes aedes, mosquitto, or mqtt://host:port.")
}

function chainOf(text: string): string {
    if (/^(local|none|https?:\/\/\S+)$/.test(text)) return text
    throw new InvalidArgumentError("It takes local, none, or a URL that begins with http.")
}
