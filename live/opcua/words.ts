/** What a server answers about a node → for people. */

/** Statuses of a node that no value can be had of, until the server or the text is changed. */
export function whyUnread(status: string): string | undefined {
  switch (status) {
    case 'BadNodeIdUnknown':
    case 'BadNodeIdInvalid':
      return 'The server has no such node.';
    case 'BadAttributeIdInvalid':
      return 'The node is no variable and has no value: bind one below it.';
    case 'BadUserAccessDenied':
    case 'BadNotReadable':
      return 'The server does not let this user read it. Ask who runs it, or set POLLUX_OPCUA_USERNAME and POLLUX_OPCUA_PASSWORD.';
    default:
      return undefined;
  }
}

/** As the end of a sentence, in brackets. */
export function whyUnwritten(status: string): string {
  switch (status) {
    case 'BadNodeIdUnknown':
    case 'BadNodeIdInvalid':
      return 'the server has no such node';
    case 'BadUserAccessDenied':
      return 'the server does not let this user write it';
    case 'BadNotWritable':
      return 'the server lets nobody write it';
    case 'BadTypeMismatch':
      return 'the server says that the type is wrong';
    case 'BadOutOfRange':
      return 'the server says that the value is out of range';
    default:
      return `the server says ${status}`;
  }
}
