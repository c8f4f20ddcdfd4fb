/** What quantities are called elsewhere, and what they are called here. */

/** By their names in lower case. */
const ELSEWHERE: Record<string, readonly string[]> = {
  flow: ['VolumeFlow', 'MassFlow', 'MolarFlow'],
  flowrate: ['VolumeFlow', 'MassFlow', 'MolarFlow'],
  volumetricflow: ['VolumeFlow'],
  volumetricflowrate: ['VolumeFlow'],
  volumeflowrate: ['VolumeFlow'],
  massflowrate: ['MassFlow'],
  throughput: ['ItemFlow', 'MassFlow', 'VolumeFlow'],
  temp: ['Temperature'],
  celsius: ['Temperature'],
  thermodynamictemperature: ['Temperature'],
  heat: ['Energy', 'Power'],
  heatflow: ['Power'],
  heatflowrate: ['Power'],
  work: ['Energy'],
  percent: ['Fraction'],
  percentage: ['Fraction'],
  ratio: ['Fraction'],
  share: ['Fraction'],
  probability: ['Fraction'],
  level: ['Length', 'Fraction'],
  height: ['Length'],
  width: ['Length'],
  depth: ['Length'],
  diameter: ['Length'],
  radius: ['Length'],
  position: ['Length'],
  displacement: ['Length'],
  head: ['Length', 'Pressure'],
  speed: ['Velocity', 'AngularVelocity'],
  rpm: ['AngularVelocity', 'Frequency'],
  weight: ['Mass', 'Force'],
  load: ['Force', 'Mass', 'Power'],
  volt: ['Voltage'],
  volts: ['Voltage'],
  electricpotential: ['Voltage'],
  electriccurrent: ['Current'],
  amp: ['Current'],
  ampere: ['Current'],
  watt: ['Power'],
  watts: ['Power'],
  joule: ['Energy'],
  newton: ['Force'],
  metre: ['Length'],
  meter: ['Length'],
  second: ['Time'],
  seconds: ['Time'],
  timespan: ['Duration'],
  kelvin: ['Temperature', 'TemperatureDifference'],
  pascal: ['Pressure'],
  concentrationofsubstance: ['Concentration'],
  dose: ['Mass', 'AbsorbedDose', 'EquivalentDose'],
  real: ['Number'],
  float: ['Number'],
  double: ['Number'],
  decimal: ['Number'],
  scalar: ['Number'],
  dimensionless: ['Number'],
  int: ['Integer'],
  whole: ['Integer'],
  natural: ['Integer'],
  count: ['Integer', 'ItemCount', 'PersonCount'],
  bool: ['Boolean'],
  flag: ['Boolean'],
  switch: ['Boolean'],
};

export function quantitiesElsewhere(name: string): readonly string[] {
  const key = name.toLowerCase();
  return Object.hasOwn(ELSEWHERE, key) ? ELSEWHERE[key]! : [];
}

const MONEY = /^(price|cost|costs|money|currency|euro|dollar|eur|usd)$/i;
const TEXTS = /^(string|text|char|enum|enumeration|status)$/i;

/** Of what there is no quantity: what is done instead. */
export function insteadOfQuantity(name: string): string | undefined {
  if (MONEY.test(name))
    return `Money has the unit that you declare, as its rates change: \`unit EUR\`, then \`quantity ${name} = EUR\`, or EUR/kWh and the like.`;
  if (TEXTS.test(name))
    return 'A value is a number, true or false. What exclude each other by name are `modes`.';
  return undefined;
}
