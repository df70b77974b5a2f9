/** Every bench that `npm run bench` runs. Another one is a line here, a quick.ts in its folder, and its name in a block of README. */
import { budgetsQuick } from "../budgets/quick"
import { energyQuick } from "../energy/quick"
import { enrolQuick, killsQuick } from "../enrol/quick"
import { inferenceQuick } from "../inference/quick"
import { ledgerQuick } from "../ledger/quick"
import { mutationQuick } from "../mutation/quick"
import { nodeQuick } from "../node/quick"
import { offlineQuick } from "../offline/quick"
import { powerCutsQuick } from "../power-cuts/quick"
import { reconnectQuick } from "../reconnect/quick"
import { signaturesQuick } from "../signatures/quick"
import { soakQuick } from "../soak/quick"
import type { Quick } from "./quick"

export const QUICKS: Quick[] = [
    soakQuick,
    powerCutsQuick,
    reconnectQuick,
    offlineQuick,
    mutationQuick,
    nodeQuick,
    budgetsQuick,
    energyQuick,
    inferenceQuick,
    signaturesQuick,
    enrolQuick,
    killsQuick,
    ledgerQuick,
]
