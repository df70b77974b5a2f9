/** Two worlds: the host's TypeScript, and what the DeviceScript VM runs, where some JavaScript is silently wrong. */
import tseslint from "typescript-eslint"

const FIRMWARE = [
    "src/**/*.ts",
    "bench/plain/**/*.ts",
    "bench/programs/**/*.ts",
    "examples/**/*.ts",
    "models/**/*.ts",
    "sim/parts/**/*.ts",
]
const VM_TESTS = ["test/**/*.test.ts", "test/expect.ts", "test/fakes.ts"]

export default tseslint.config(
    { ignores: ["node_modules/", ".devicescript/", ".motewise/", "**/*.mjs"] },
    ...tseslint.configs.recommended,
    {
        rules: {
            eqeqeq: ["error", "always"],
            "@typescript-eslint/no-unused-vars": [
                "error",
                { argsIgnorePattern: "^_", ignoreRestSiblings: true },
            ],
        },
    },
    {
        files: [
            "{bench,cli,docs,flasher,fleet,image,machine,rehearsal,scaffold,sim,train}/**/*.ts",
            "test/**/*.host.ts",
        ],
        ignores: FIRMWARE,
        languageOptions: { parserOptions: { project: "./tsconfig.json" } },
        rules: {
            "@typescript-eslint/no-floating-promises": [
                "error",
                {
                    allowForKnownSafeCalls: [
                        { from: "package", name: ["describe", "it", "test"], package: "node:test" },
                    ],
                },
            ],
            "@typescript-eslint/no-misused-promises": "error",
            "@typescript-eslint/switch-exhaustiveness-check": "error",
        },
    },
    {
        files: [...FIRMWARE, ...VM_TESTS],
        rules: {
            // the builtins and `sample[measurand]` have no better type in DeviceScript
            "@typescript-eslint/no-explicit-any": "off",
            // a number that is no integer is falsy there
            "no-restricted-syntax": [
                "error",
                {
                    selector: "CallExpression[callee.property.name='substring']",
                    message: "missing in DeviceScript: use slice",
                },
                {
                    selector: "MemberExpression[object.name='Math'][property.name='random']",
                    message: "the same on every node and every boot: use randomBuffer",
                },
                {
                    selector:
                        "CallExpression[callee.object.name='Math'][callee.property.name=/^(max|min)$/][arguments.length!=2]",
                    message: "DeviceScript's Math.max and Math.min look at exactly two arguments",
                },
                {
                    selector: "CallExpression[callee.property.name='reduce'][arguments.length!=2]",
                    message: "DeviceScript's reduce needs its initial value",
                },
            ],
        },
    },
    {
        // without a message a failing assert.ok looks its own up in the source, and under tsx spins for minutes
        files: ["test/**/*.host.ts", "sim/**/*.ts"],
        rules: {
            "no-restricted-syntax": [
                "error",
                {
                    selector:
                        "CallExpression[arguments.length=1]:matches([callee.name='assert'], [callee.object.name='assert'][callee.property.name='ok'])",
                    message: "give it a message",
                },
            ],
        },
    },
    {
        files: ["src/**/*.ts"],
        languageOptions: { parserOptions: { project: "./src/tsconfig.json" } },
        rules: {
            "@typescript-eslint/strict-boolean-expressions": [
                "error",
                {
                    allowNumber: false,
                    allowString: false,
                    // DeviceScript has strictNullChecks off; numbers are what we are after
                    allowRuleToRunWithoutStrictNullChecksIKnowWhatIAmDoing: true,
                },
            ],
        },
    }
)
