import type { Lang } from "./choose";

/** The few words of the button and of its apology, in every language: they are there before anything is fetched. */
export interface Words {
  label: string;
  opening: string;
  one: string;
  many: string;
  away: string;
  emergency: string;
  retry: string;
  close: string;
}

export const words: Record<Lang, Words> = {
  en: {
    label: "What now? Ask us",
    opening: "Opening…",
    one: "{count} new message",
    many: "{count} new messages",
    away: "Sorry, the assistant cannot be reached right now. Please try again in a moment.",
    emergency: "In an emergency, call 112.",
    retry: "Try again",
    close: "Close",
  },
  nl: {
    label: "Wat nu? Vraag het ons",
    opening: "Gaat open…",
    one: "{count} nieuw bericht",
    many: "{count} nieuwe berichten",
    away: "Sorry, we kunnen de assistent nu niet bereiken. Probeer het straks opnieuw.",
    emergency: "Bel 112 in een noodgeval.",
    retry: "Opnieuw proberen",
    close: "Sluiten",
  },
  fr: {
    label: "Et maintenant ? Demandez-nous",
    opening: "Ouverture…",
    one: "{count} nouveau message",
    many: "{count} nouveaux messages",
    away: "Désolé, l’assistant n’est pas joignable pour le moment. Réessayez dans un instant.",
    emergency: "En cas d’urgence, appelez le 112.",
    retry: "Réessayer",
    close: "Fermer",
  },
  de: {
    label: "Was nun? Fragen Sie uns",
    opening: "Wird geöffnet…",
    one: "{count} neue Nachricht",
    many: "{count} neue Nachrichten",
    away: "Der Assistent ist im Moment leider nicht erreichbar. Bitte versuchen Sie es gleich noch einmal.",
    emergency: "Im Notfall rufen Sie 112 an.",
    retry: "Noch einmal versuchen",
    close: "Schließen",
  },
  es: {
    label: "¿Y ahora qué? Pregúntenos",
    opening: "Abriendo…",
    one: "{count} mensaje nuevo",
    many: "{count} mensajes nuevos",
    away: "Lo sentimos, ahora no se puede contactar con el asistente. Inténtelo de nuevo en un momento.",
    emergency: "En caso de emergencia, llame al 112.",
    retry: "Intentar de nuevo",
    close: "Cerrar",
  },
};
