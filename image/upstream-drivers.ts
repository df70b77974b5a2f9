/** Drivers of @devicescript/drivers whose parts we simulate: which part, at which address unless told. DeviceScript 2.16.4. */
export const UPSTREAM_DRIVERS: Record<string, { part: string; address: number }> = {
    startAHT20: { part: "aht20", address: 0x38 },
    startBME680: { part: "bme680", address: 0x76 },
    startLTR390: { part: "ltr390", address: 0x53 },
    startSHT30: { part: "sht3x", address: 0x44 },
    startSHTC3: { part: "shtc3", address: 0x70 },
    SSD1306Driver: { part: "ssd1306", address: 0x3d },
}
