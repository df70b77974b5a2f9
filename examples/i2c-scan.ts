/**
 * What answers on the I2C bus of the board, and which of our drivers knows it: each driver that may live at an address is asked to start
 * its part, and says so when the part is another. A BH1750 has nothing to be known by: whatever answers at its address is taken for one.
 */
import * as ds from "@devicescript/core"
import { Ads1115 } from "../src/drivers/ads1115"
import { Aht20 } from "../src/drivers/aht20"
import { Bh1750 } from "../src/drivers/bh1750"
import { Bme280 } from "../src/drivers/bme280"
import { Bmp390 } from "../src/drivers/bmp390"
import { Ds3231 } from "../src/drivers/ds3231"
import { Ina219 } from "../src/drivers/ina219"
import { Lis3dh } from "../src/drivers/lis3dh"
import { Ltr390 } from "../src/drivers/ltr390"
import { Max17048 } from "../src/drivers/max17048"
import { Max30102 } from "../src/drivers/max30102"
import { Mlx90614 } from "../src/drivers/mlx90614"
import { Mmc5603 } from "../src/drivers/mmc5603"
import { Mpu6050 } from "../src/drivers/mpu6050"
import { Scd30 } from "../src/drivers/scd30"
import { Scd4x } from "../src/drivers/scd4x"
import { Seesaw } from "../src/drivers/seesaw"
import { Sgp40 } from "../src/drivers/sgp40"
import { Sensor } from "../src/drivers/sensor"
import { Sht3x } from "../src/drivers/sht3x"
import { Sht4x } from "../src/drivers/sht4x"
import { Shtc3 } from "../src/drivers/shtc3"
import { Sps30 } from "../src/drivers/sps30"
import { Tfluna } from "../src/drivers/tfluna"
import { Veml7700 } from "../src/drivers/veml7700"
import { bus } from "../src/node/bus"
import { deviceClock } from "../src/node/clock"

const FIRST = 0x08
const LAST = 0x77

interface Known {
    part: string
    addresses: number[]
    make: (address: number) => Sensor
}

function known(part: string, addresses: number[], make: (address: number) => Sensor): Known {
    return { part, addresses, make }
}

const KNOWN = [
    known("ads1115", [0x48, 0x49, 0x4a, 0x4b], at => new Ads1115(bus, deviceClock, at)),
    known("aht20", [0x38], at => new Aht20(bus, deviceClock, at)),
    known("bh1750", [0x23, 0x5c], at => new Bh1750(bus, deviceClock, at)),
    known("bme280", [0x76, 0x77], at => new Bme280(bus, deviceClock, at)),
    known("bmp390", [0x76, 0x77], at => new Bmp390(bus, deviceClock, at)),
    known("ds3231", [0x68], at => new Ds3231(bus, deviceClock, at)),
    known("ina219", [0x40, 0x41, 0x44, 0x45], at => new Ina219(bus, deviceClock, at)),
    known("lis3dh", [0x18, 0x19], at => new Lis3dh(bus, deviceClock, at)),
    known("ltr390", [0x53], at => new Ltr390(bus, deviceClock, at)),
    known("max17048", [0x36], at => new Max17048(bus, deviceClock, at)),
    known("max30102", [0x57], at => new Max30102(bus, deviceClock, at)),
    known("mlx90614", [0x5a], at => new Mlx90614(bus, deviceClock, at)),
    known("mmc5603", [0x30], at => new Mmc5603(bus, deviceClock, at)),
    known("mpu6050", [0x68, 0x69], at => new Mpu6050(bus, deviceClock, at)),
    known("scd30", [0x61], at => new Scd30(bus, deviceClock, at)),
    known("scd4x", [0x62], at => new Scd4x(bus, deviceClock, at)),
    known("seesaw", [0x36, 0x37, 0x38, 0x39], at => new Seesaw(bus, deviceClock, at)),
    known("sgp40", [0x59], at => new Sgp40(bus, deviceClock, at)),
    known("sht3x", [0x44, 0x45], at => new Sht3x(bus, deviceClock, at)),
    known("sht4x", [0x44, 0x45, 0x46], at => new Sht4x(bus, deviceClock, at)),
    known("shtc3", [0x70], at => new Shtc3(bus, deviceClock, at)),
    known("sps30", [0x69], at => new Sps30(bus, deviceClock, at)),
    known("tfluna", [0x10], at => new Tfluna(bus, deviceClock, at)),
    known("veml7700", [0x10], at => new Veml7700(bus, deviceClock, at)),
]

/** The part whose driver starts at this address; "?" for one that no driver knows, "" for nothing. */
async function whoIsAt(address: number): Promise<string> {
    let answers = false
    for (const row of KNOWN) {
        if (!row.addresses.includes(address)) continue
        const fault = await faultOf(row.make(address))
        if (fault === "") return row.part
        if (fault !== "bus") answers = true
    }
    return answers || (await answersAnything(address)) ? "?" : ""
}

async function faultOf(sensor: Sensor): Promise<string> {
    try {
        await sensor.start()
        return ""
    } catch (e) {
        return (e as any).fault
    }
}

/** To a read, or to a register's number written: parts differ in which of the two they take without being told more. */
async function answersAnything(address: number): Promise<boolean> {
    try {
        await bus.readBuf(address, 1)
        return true
    } catch {
        return await takesAByte(address)
    }
}

async function takesAByte(address: number): Promise<boolean> {
    try {
        await bus.writeBuf(address, hex`00`)
        return true
    } catch {
        return false
    }
}

let found = 0
for (let address = FIRST; address <= LAST; ++address) {
    // A bus on which nothing answers never waits: the VM's budget of steps is an address's, not the whole scan's.
    await ds.sleep(0)
    const part = await whoIsAt(address)
    if (part === "") continue
    found++
    console.log(`0x${Buffer.from([address]).toString("hex")} ${part}`)
}
console.log(`${found} parts answer`)
