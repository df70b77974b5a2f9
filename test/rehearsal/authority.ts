/** A certificate authority for a test: made by openssl, trusted by nobody who is not told to. */
import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** All that `openssl ca` must be told in a file: the command line of 3.0 has no dates for `x509`. */
const CONFIG = `
[ca]
default_ca = test
[test]
new_certs_dir = .
database = index.txt
serial = serial
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = anything
copy_extensions = copy
unique_subject = no
[anything]
commonName = supplied
`
const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

export class Authority {
    /** PEM. */
    readonly certificate: string

    constructor(private readonly folder: string) {
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, "ca.cnf"), CONFIG)
        writeFileSync(join(folder, "index.txt"), "")
        writeFileSync(join(folder, "serial"), "01\n")
        this.openssl(
            "req",
            "-x509",
            ...KEY,
            "-subj",
            "/CN=test authority",
            "-days",
            "2",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem"
        )
        this.certificate = readFileSync(join(folder, "ca.pem"), "utf8")
    }

    /** A server's certificate for a host name, valid between two dates (YYMMDDHHMMSSZ). Paths of certificate and key. */
    issue(
        name: string,
        host: string,
        fromDate: string,
        toDate: string
    ): { certificate: string; key: string } {
        const file = (end: string) => `${name}.${end}`
        this.openssl(
            "req",
            "-new",
            ...KEY,
            "-subj",
            `/CN=${host}`,
            "-addext",
            `subjectAltName=DNS:${host}`,
            "-keyout",
            file("key"),
            "-out",
            file("csr")
        )
        this.openssl(
            "ca",
            "-batch",
            "-notext",
            "-config",
            "ca.cnf",
            "-startdate",
            fromDate,
            "-enddate",
            toDate,
            "-in",
            file("csr"),
            "-out",
            file("pem")
        )
        return { certificate: join(this.folder, file("pem")), key: join(this.folder, file("key")) }
    }

    private openssl(...args: string[]): void {
        execFileSync("openssl", args, { cwd: this.folder, stdio: ["ignore", "ignore", "pipe"] })
    }
}
