/** The words for going on in another app; fetched with the menu. */
export const elsewhere = {
  elsewhere: "Go on in another app",
  elsewhereOn: "Continue on {channel}",
  elsewhereOnBoth: "Continue on {channel} or {other}",
  elsewhereNew: "You have not written anything yet. You can begin in the other app at once.",
  open: "Open {channel}",
  code: "Your code",
  codeHow: "Open the other app and send this code there as a message. Then this chat goes on there.",
  codeUntil: "The code works until {time}, and only once. Give it to nobody else.",
  codeAgain: "Make a new code",
  enterHow: "Type the code that you got in the other app. That chat then goes on here.",
  enterReplaces: "It takes the place of the chat that stands here now.",
  enterLabel: "Code of eight signs",
  enterGo: "Go on here",
  codeWrong: "This code does not work. It may be too old or used already. Please ask for a new one in the other app.",
  tooMany: "That was tried too often. Please wait a while, then try again.",
  failed: "Sorry, that did not work. Please try again in a moment.",
  linked: "This chat also goes on in:",
  linkedSince: "{channel}, since {time}",
  unlink: "Stop on {channel}",
  unlinked: "The chat no longer goes on on {channel}.",
};

export type Elsewhere = typeof elsewhere;
