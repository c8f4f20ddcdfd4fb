/** What the user asked for and cannot be had: shown as one sentence. */
export class Complaint extends Error {
  override name = 'Complaint';
}
