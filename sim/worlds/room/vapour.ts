/** Water vapour in air. */

/** What air can hold: the Magnus formula with the WMO's constants (Guide No. 8), and the gas law of water vapour. */
export function saturationGramsPerCubicMetre(temperatureCelsius: number): number {
    const hectopascals =
        6.112 * Math.exp((17.62 * temperatureCelsius) / (243.12 + temperatureCelsius))
    return (216.7 * hectopascals) / (273.15 + temperatureCelsius)
}
