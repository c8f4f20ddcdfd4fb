/** The end of a descent into a text with a mistake in it. */

/** What fits nothing: thrown and caught within the descent, and never shown. */
class DoesNotFit extends Error {}
export const DOES_NOT_FIT = new DoesNotFit('the text does not fit');

export const giveUp = (): never => {
  throw DOES_NOT_FIT;
};
