/** Data files that the pages of the documentation speak of. */
const FILES: Readonly<Record<string, string>> = {
  'power-curve.csv': 'v [m/s],power [kW]\n0,0\n3,0\n6,250\n9,900\n12,1950\n13,2000\n25,2000\n',
  'without-units.csv': 'v,power\n0,0\n3,0\n6,250\n',
  'weather.csv': 'time [h],wind speed [m/s],temperature [degC]\n0,6.2,4\n1,7.4,3.5\n2,9.1,3.4\n3,8.3,3.9\n',
  'outdoor.csv': 'time [h],outside [degC]\n0,3.5\n6,1\n15,7\n24,4\n',
  'outdoor-and-gain.csv': 'time [h],outside [degC],gain [W]\n0,3.5,0\n8,1,90\n24,4,0\n',
};

export const documentedData = (uri: string): string | undefined => FILES[uri.slice(uri.lastIndexOf('/') + 1)];
