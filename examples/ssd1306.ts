/** Seconds since boot on a display of 128 x 64 with an SSD1306 (address 0x3d: SA0 high; many modules have 0x3c) on the I2C bus of the board. */
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"
import { Ssd1306Display } from "../src/node/ssd1306"

const display = new Ssd1306Display(bus)

while (true) {
    const nowMs = deviceClock.millis()
    const seconds = `${Math.floor(nowMs / 1000)} s`
    await display.showCard(
        {
            title: "motewise",
            status: "top right",
            isAlert: false,
            large: seconds,
            readings: ["one", "two", "three", "four"],
            name: "left",
            news: "bottom right",
        },
        nowMs
    )
    console.log(seconds)
    await deviceClock.delay(1000)
}
