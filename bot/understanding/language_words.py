"""Small words that give a language away. Words that several of these languages share are left out on purpose."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Common English words as people type them, second-language and chat spelling included.
ENGLISH = _words(
    """
    i im i'm my me mine you your u ur he she they them their we our us it its it's this that these
    those there here the and or but not no yes if so because then than when where which what who
    whom whose why how wich wher wen a an of to for from with without at by about after before until
    since during between into out up down over under is are am was were be been being isnt isn't
    arent aren't do does did dont don't didnt didn't doesnt doesn't have has had havent haven't can
    cant can't cannot could will wont won't would should must may might shall need needs want wants
    like get gets got getting go goes going gone went come comes coming came make makes made take
    takes took give gives gave know knows think say says said tell told ask asks asked help work
    works working worked job jobs live lives living stay staying stays move moving moved pay pays
    paid paying cost costs much many more most less few some any all every each other another same
    new old first last next now today tomorrow yesterday week weeks month months year years day days
    time long late early soon still already again only also too very really please pls plz thanks
    thank hello hi hey sorry good bad big small free house home room flat apartment rent rental
    landlord owner lease contract money bank account tax card paper papers document documents permit
    registration register registered city town hall police school child children kid kids wife
    husband partner family friend baby doctor insurance health car bike driving licence license
    phone number address adress letter mail email form website online appointment office counter
    english dutch french language belgian country citizen nationality passport visa student
    university boss company employer employee salary find found search looking look lost broken
    wrong problem happen happens happened wait waiting start stop open close change keep keeps bring
    send sent receive received buy sell use using call called show can't cheap expensive possible
    allowed legal valid between both never always maybe just even yet ago off on in as mony hav
    wat's whats dosent doesent becose becouse thx
    """
)

FOREIGN: dict[str, frozenset[str]] = {
    "nl": _words(
        """
        ik jij je u hij zij wij we jullie mijn jouw uw zijn haar ons onze hun mij het een de dat dit
        deze die er hier daar niet geen wel ook maar en of als dan want omdat wanneer waar hoe
        waarom wie welke wat hoeveel moet moeten kan kunnen mag mogen wil willen zal zullen ben bent
        hebben heb hebt heeft hadden had worden wordt werd ga gaat gaan kom komt doen doe doet maken
        krijg krijgen krijgt zoek zoeken woon wonen werk werken van voor naar met zonder bij uit op
        over onder tussen tot na nog al alleen graag alstublieft dank bedankt goedemorgen goedendag
        hallo spreek spreekt betalen weet weten lang duurt kost
        """
    ),
    "fr": _words(
        """
        je j'ai tu il elle nous vous ils elles mon ma mes ton ta votre vos notre nos leur leurs le
        la les un une des du au aux ce cette ces qui que quoi dont où ou est-ce qu'est-ce comment
        pourquoi quand combien quel quelle quels quelles ne pas plus avec sans pour par dans sur
        sous chez est sont suis êtes ai avez avons ont était faut dois doit peux peut pouvez puis-je
        veux voudrais cherche chercher trouver faire fait aller vais va venir payer bonjour merci
        salut svp besoin habite travaille après avant depuis c'est n'est d'un d'une s'il qu'il parle
        """
    ),
    "es": _words(
        """
        yo tú usted él ella nosotros ustedes mi mis tu tus su sus el la los las un una unos de del
        al que qué quién cómo cuándo cuánto cuál dónde donde por para con sin en sobre es son soy
        está están estoy hay tengo tiene tenemos puedo puede quiero quisiera necesito necesita busco
        buscar hacer hago pagar vivir vivo trabajar trabajo no sí pero y o si porque cuando como muy
        más también hola gracias buenos buenas días favor ayuda hablo habla
        """
    ),
    "tr": _words(
        """
        ben sen biz siz onlar benim senin bizim bu şu o ve veya ama için ile değil var yok mı mi mu
        mü ne nerede nereye nasıl neden kim kaç zaman ne istiyorum lazım gerek gerekiyor olarak çok
        daha sonra önce merhaba teşekkürler lütfen evet hayır yapmam almak nedir bir gibi kadar
        """
    ),
    "de": _words(
        """
        ich du er sie wir ihr mein meine meinen meiner dein ihre unser der die das den dem des ein
        eine einen einem nicht kein keine auch aber und oder wenn weil dass wann wo wie warum wer
        welche was wieviel muss müssen kann können darf will möchte soll werden wird wurde bin bist
        ist sind habe hast hat haben gibt gehe geht kommen machen suche suchen finde wohne arbeite
        von für nach mit ohne bei aus auf über unter zwischen bis noch schon nur bitte danke hallo
        guten spreche sprechen brauche mich mir zum zur im am
        """
    ),
    "it": _words(
        """
        io tu lui lei noi voi loro mio mia miei mie tuo tua suo sua nostro il lo la gli le un uno
        una del della dei delle al alla nel nella che chi cosa come quando quanto quale dove perché
        per con senza su è sono sei siamo ho hai ha abbiamo hanno posso può voglio vorrei devo deve
        bisogno cerco cercare trovare fare pagare abito lavoro non sì ma e se anche più molto ciao
        grazie buongiorno aiuto parlo
        """
    ),
    "pt": _words(
        """
        eu tu você ele ela nós meu minha meus minhas seu sua o os as um uma do da dos das ao no na
        nos nas que quem como quando quanto qual onde por para com sem em é são sou está estou tenho
        tem temos posso pode quero queria preciso procuro procurar encontrar fazer pagar morar moro
        trabalhar trabalho não sim mas e ou se porque muito mais também olá obrigado obrigada bom
        dia ajuda falo
        """
    ),
    "pl": _words(
        """
        ja ty on ona my wy oni mój moja moje mam masz ma mamy jestem jest są być nie tak ale i lub
        albo jeśli bo kiedy gdzie jak dlaczego kto który która co ile czy muszę mogę można chcę
        chciałbym potrzebuję szukam znaleźć zrobić zapłacić mieszkam pracuję do od z ze bez w we na
        po przed dla przez się już jeszcze tylko proszę dziękuję dzień dobry cześć
        """
    ),
    "ro": _words(
        """
        eu tu el ea noi voi ei meu mea mei mele un o unei unui al ale la de din pe cu fără pentru în
        este sunt ești suntem am ai are avem pot poate vreau trebuie nevoie caut găsesc fac plătesc
        locuiesc lucrez nu da dar și sau dacă că când unde cum cât care ce cine să mă îmi bună ziua
        mulțumesc vă rog
        """
    ),
}
_SHARED_WITH_ENGLISH = ENGLISH | _words(
    "we die de no me en on so man is in was had over of an am war son do non pas plus sans sur la le les"
)
TELLING: dict[str, frozenset[str]] = {code: words - _SHARED_WITH_ENGLISH for code, words in FOREIGN.items()}
