/** A report's page as its words. */

/** What a reader sees: no tags, no styles, no escapes, one blank between words. */
export function pageText(html: string): string {
    return html
        .replace(/<style>[^]*?<\/style>/g, "")
        .replace(/<[^>]*>/g, " ")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&quot;", '"')
        .replaceAll("&#39;", "'")
        .replaceAll("&amp;", "&")
        .replace(/\s+/g, " ")
}
