/** Does a message's topic match a subscription's filter? MQTT 3.1.1, chapter 4.7. */

/** Both are valid (see topic.ts). `#` matches its parent too; a wildcard in the first place matches no topic that begins with `$`. */
export function matches(filter: string, topic: string): boolean {
    const wanted = filter.split("/")
    const levels = topic.split("/")
    if (topic.startsWith("$") && (wanted[0] === "#" || wanted[0] === "+")) return false
    for (let i = 0; i < wanted.length; ++i) {
        if (wanted[i] === "#") return true
        if (i >= levels.length) return false
        if (wanted[i] !== "+" && wanted[i] !== levels[i]) return false
        // "sport/#" is "sport" as well: the parent level [4.7.1.2]
        if (i === levels.length - 1 && i === wanted.length - 2 && wanted[i + 1] === "#") return true
    }
    return wanted.length === levels.length
}
