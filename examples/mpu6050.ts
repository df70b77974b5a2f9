/** Acceleration and angular rate on the console every second, from an MPU-6050 (address 0x68: AD0 low) on the I2C bus of the board. */
import { Mpu6050 } from "../src/drivers/mpu6050"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const sensor = new Mpu6050(bus, deviceClock)

while (true) {
    try {
        await sensor.start()
        while (true) {
            const motion = await sensor.sample()
            const ax = motion.accelerationXMetresPerSecondSquared
            const ay = motion.accelerationYMetresPerSecondSquared
            const az = motion.accelerationZMetresPerSecondSquared
            console.log(`${ax} ${ay} ${az} m/s2`)
            const gx = motion.angularRateXDegreesPerSecond
            const gy = motion.angularRateYDegreesPerSecond
            const gz = motion.angularRateZDegreesPerSecond
            console.log(`${gx} ${gy} ${gz} deg/s`)
            await deviceClock.delay(1000)
        }
    } catch (e) {
        console.log((e as Error).message)
        await deviceClock.delay(1000)
    }
}
