/** The far end as a process that can be killed: `fleet-process.ts FOLDER PORT`. It says "up" when nodes are let in; SIGTERM ends it well. */
import { openEmbedded } from "../../fleet/brokers/embedded"
import { Fleet } from "../../fleet/fleet"

const [folder, port] = process.argv.slice(2)
const fleet = await Fleet.open({
    folder,
    openBroker: onRefused =>
        openEmbedded({ host: "127.0.0.1", port: Number(port) }, onRefused, Date.now),
    say: line => console.error(line),
})
console.log("up")
const timer = setInterval(() => void fleet.tick().catch(end), 1000)
process.once("SIGTERM", () => void end())

async function end(e?: unknown): Promise<void> {
    clearInterval(timer)
    if (e !== undefined) console.error(e)
    await fleet.close()
    process.exit(e === undefined ? 0 : 1)
}
