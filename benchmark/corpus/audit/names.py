"""Personal names: given names that are common in English-language and international transcripts and are no other word
(nor an optimiser, a statistician's method or a unit that engineers speak of)."""

GIVEN_NAMES = frozenset(
    """aaron abigail adrian agnes ahmed aino aisha alan albert alejandro alex alexander alexandra alice alison amanda amelia amir
    amit amy ananya andrea andrew angela anil anita anjali anna anne anthony anton antonio anya arjun arthur ashley barbara
    benjamin bernard beth betty bjorn bob bogdan brandon brenda brian bridget bruce camille carla carlos carol caroline
    catherine cathy charles charlie charlotte chiara chloe chris christina christine christopher claire clara colin connie
    craig cynthia daisuke daniel danielle daria david debbie deborah deepak denise dennis derek diana diane dmitri dominic
    donald donna doris dorothy douglas eduardo edward elaine eleanor elena elif elizabeth ellen emily emma emre eric erica
    erik esther ethan eva evelyn farid fatima felix fernando fiona frances francesca francis frederick gabriel gareth gary
    geoffrey george gerald giovanni gita giulia gloria goran gordon greg gregory hana hannah hans harold hassan helen henrik
    henry hiroshi howard hugo ian ibrahim igor ilya ines ingrid irene isaac isabel isabella ivan jackie jacob jacqueline
    jake james jamie jane janet jason javier jeffrey jelena jennifer jenny jeremy jerry jessica jill joan joanna joao joel
    johanna john johnny jonas jonathan jorge jose joseph joshua juan judith judy julia julian julie justin karen karl kasper
    kate katherine kathleen kathryn katie katja keith kelly kenji kenneth kevin khalid kimberly klaus kumar larry lars laura
    lauren lawrence leila lena leonard leslie liam linda lisa lorenzo louis louise lucas lucia lucy ludmila luis luke magda
    magnus malcolm manuel marco marcus margaret maria marianne marie marion marta martha martin mary mateo matteo matthew
    maureen maurice megan mehdi mehmet melanie melissa michael michelle miguel mike mina mira mohamed mohammed monica nadia
    nadine nancy naomi natalia natalie natasha nathan neil nicholas nicola nicole nigel nikhil nikolai nils nina noah nora
    norman olga oliver olivia omar oscar pamela paolo patricia patrick paul paula pauline pavel pedro peter petra philip
    phyllis pierre piotr priya rachel rafael rahul ralph rania ravi raymond rebecca renata richard robert roberto roger
    roland ronald rosemary ruth ryan sabrina samantha samir samuel sandra sanjay sanna sara sarah sebastian selma sergei
    sharon sheila shirley silvia simon sofia sophia sophie soren stacy stefan stella stephanie stephen steve steven stuart
    susan suzanne sven svetlana sylvia takeshi tanya tariq teresa theresa thomas timothy tina tobias tom tomas tony tracy
    tuomas ulrich ursula valerie vanessa veronica vijay vikram viktor vincent virginia vladimir walter wanda wendy william
    xavier yara yasmin yuki yusuf yvonne zachary zainab zoe zofia""".split()
)
