/**
 * What the boards draw, by the chip that their runtime names (`archId` of boards/*.board.json): data for whoever turns a node's account
 * (energy-account.ts) into energy (energy.ts). No image has it: a node counts, and its far end multiplies, so that a figure that turns out
 * wrong is mended without a release.
 *
 * Counted is the module or chip alone. A board's regulator, USB bridge and LEDs come on top, and so do the parts on its bus.
 *
 * WiFi is taken as the stock runtime leaves it: in modem sleep, hearing every beacon, at a fixed 160 MHz (devicescript-esp32 calls neither
 * esp_wifi_set_ps, whose default is WIFI_PS_MIN_MODEM, nor esp_pm_configure; its wifi_impl.c and sdkconfig.common were read). After the
 * last packet the radio listens for `tailMs` more before it sleeps again. A frame is sent at 1 Mbit/s and full power, which is the worst.
 *
 * Sources, each as quoted by copies of the documents and not from their PDF pages, but where it says not seen:
 * - [IDF] ESP-IDF Programming Guide, "Low Power Mode in Wi-Fi Scenarios", sleep-current/<chip>_modem_sleep.inc: 160 MHz, DFS off, DTIM 1.
 * - [WROOM-32E] ESP32-WROOM-32E datasheet v2.0, table 16; [ESP32] ESP32 Series datasheet v5.2, table 4-2.
 * - [C3-02] ESP32-C3-WROOM-02 datasheet v1.6, tables 6-4 and 6-5; [C3-MINI] ESP32-C3-MINI-1 datasheet v2.2, table 6-7.
 * - [S2-SOLO] ESP32-S2-SOLO-2 datasheet v1.3, chapter 5.4.1 and table 5-5.
 * - [S3-1] ESP32-S3-WROOM-1 datasheet v1.8, tables 6-4, 6-5 and 6-7.
 * - [PICO] No datasheet was found that tells: a Pico W's user, at 5 V (tomjorquera/pico-micropython-lowpower-workaround#17), and the
 *   radio driver's author (georgerobotics/cyw43-driver#126).
 */

/** Currents are of all that is on together, at `supplyVolts`. */
export interface BoardPower {
    supplyVolts: number
    /** The processor computes; the radio is off. */
    activeMilliamperes: number
    /** The processor waits, awake; the radio is off. */
    waitingMilliamperes: number
    /** The processor waits, and the radio sleeps between beacons: a node in its WiFi with nothing to say. */
    connectedMilliamperes: number
    /** The radio listens. */
    receiveMilliamperes: number
    /** The radio sends, at `transmitDecibelMilliwatts`. */
    transmitMilliamperes: number
    transmitDecibelMilliwatts: number
    /** From a packet to the radio's sleep, when no other packet comes. */
    tailMs: number
    /** Deep sleep with the timer that ends it; undefined where the runtime has none. */
    standbyMilliamperes: number | undefined
}

/** esp_wifi's Kconfig: ESP_WIFI_SLP_DEFAULT_MIN_ACTIVE_TIME. */
const ESP_TAIL_MS = 50

export const BOARD_POWER: { [chip: string]: BoardPower } = {
    esp32: {
        supplyVolts: 3.3,
        activeMilliamperes: 44, // [ESP32] modem-sleep, 160 MHz, dual core, 27 to 44: one busy core alone is not told
        waitingMilliamperes: 27, // [ESP32] the same row
        connectedMilliamperes: 31.12, // [IDF]
        receiveMilliamperes: 112, // [WROOM-32E] 20 MHz
        transmitMilliamperes: 379, // [WROOM-32E] 802.11b, 1 Mbit/s; peak, for its mean of 239 is with pauses
        transmitDecibelMilliwatts: 19.5,
        tailMs: ESP_TAIL_MS,
        standbyMilliamperes: 0.01, // [ESP32] RTC timer and RTC memory
    },
    esp32c3: {
        supplyVolts: 3.3,
        activeMilliamperes: 28, // [C3-02] modem-sleep, 160 MHz, CPU running, clocks of all peripherals on
        waitingMilliamperes: 21, // [C3-02] CPU idle
        connectedMilliamperes: 21.47, // [IDF]
        receiveMilliamperes: 82, // [C3-02] HT20
        transmitMilliamperes: 345, // [C3-02] 802.11b, 1 Mbit/s
        transmitDecibelMilliwatts: 20.5,
        tailMs: ESP_TAIL_MS,
        standbyMilliamperes: 0.005, // [C3-MINI] RTC timer and RTC memory
    },
    esp32s2: {
        supplyVolts: 3.3,
        activeMilliamperes: 24, // not seen: the copy of [S2-SOLO] has lost this cell; 160 MHz, clocks of all peripherals on
        waitingMilliamperes: 21, // [S2-SOLO] CPU idle
        connectedMilliamperes: 31.14, // [IDF]
        receiveMilliamperes: 81, // [S2-SOLO] 40 MHz; 20 MHz was not legible
        transmitMilliamperes: 320, // [S2-SOLO] 802.11b, 1 Mbit/s
        transmitDecibelMilliwatts: 19.5,
        tailMs: ESP_TAIL_MS,
        standbyMilliamperes: 0.025, // not seen; [IDF] measured 0.005
    },
    esp32s3: {
        supplyVolts: 3.3,
        activeMilliamperes: 54.6, // [S3-1] 160 MHz, one core busy, clocks of all peripherals on
        waitingMilliamperes: 42.3, // [S3-1] WAITI
        connectedMilliamperes: 40.1, // [IDF]
        receiveMilliamperes: 95, // [S3-1] HT20
        transmitMilliamperes: 355, // [S3-1] 802.11b, 1 Mbit/s
        transmitDecibelMilliwatts: 20.5,
        tailMs: ESP_TAIL_MS,
        standbyMilliamperes: 0.007, // [S3-1] RTC memory on, RTC peripherals off
    },
    rp2040w: {
        supplyVolts: 5,
        activeMilliamperes: 33, // [PICO] MicroPython, the program running
        waitingMilliamperes: 30, // [PICO] the same, asleep in `lightsleep`
        connectedMilliamperes: 32, // [PICO] 2 mA more in power save, hearing beacons
        receiveMilliamperes: 66, // [PICO] 36 mA more without power save
        transmitMilliamperes: 300, // not seen, neither current nor power
        transmitDecibelMilliwatts: 18,
        tailMs: 200, // CYW43_DEFAULT_PM of cyw43-driver
        standbyMilliamperes: undefined, // the runtime's standby is a plain reset
    },
}

/** What nodes of the simulator are taken for: they run on no chip. */
export const SIMULATED_CHIP = "esp32c3"
