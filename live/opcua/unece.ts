/** Units as OPC UA servers number them (Part 8, 5.6.3; UNECE Recommendation 20) → as the language writes them. */

/** The unit of a number, if it is one of those that plants have; undefined: go by its name. */
export function unitOfCode(id: number): string | undefined {
  if (id <= 0 || id > 0xff_ff_ff) return undefined;
  const code = String.fromCharCode((id >> 16) & 0xff, (id >> 8) & 0xff, id & 0xff).replaceAll('\0', '');
  return Object.hasOwn(UNITS, code) ? UNITS[code] : undefined;
}

export const UNITS: Readonly<Record<string, string>> = {
  // Temperature and pressure.
  CEL: 'degC',
  FAH: 'degF',
  KEL: 'K',
  PAL: 'Pa',
  KPA: 'kPa',
  MPA: 'MPa',
  BAR: 'bar',
  MBR: 'mbar',
  // Length, area, volume, mass.
  MTR: 'm',
  CMT: 'cm',
  MMT: 'mm',
  KMT: 'km',
  MTK: 'm2',
  MTQ: 'm3',
  LTR: 'L',
  KGM: 'kg',
  GRM: 'g',
  TNE: 't',
  // Time and speed.
  SEC: 's',
  MIN: 'min',
  HUR: 'h',
  DAY: 'd',
  C26: 'ms',
  HTZ: 'Hz',
  KHZ: 'kHz',
  RPM: 'rpm',
  MTS: 'm/s',
  C16: 'mm/s',
  KMH: 'km/h',
  MSK: 'm/s2',
  // Flow.
  MQS: 'm3/s',
  MQH: 'm3/h',
  L2: 'L/min',
  G51: 'L/s',
  E32: 'L/h',
  KGS: 'kg/s',
  E93: 'kg/h',
  // Force, energy, power, electricity.
  NEW: 'N',
  NU: 'N*m',
  JOU: 'J',
  KJO: 'kJ',
  KWH: 'kWh',
  MWH: 'MWh',
  WTT: 'W',
  KWT: 'kW',
  MAW: 'MW',
  AMP: 'A',
  '4K': 'mA',
  VLT: 'V',
  KVT: 'kV',
  OHM: 'ohm',
  // Angle and share.
  C81: 'rad',
  DD: 'deg',
  P1: '%',
};
