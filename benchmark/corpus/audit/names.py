"""Personal names: given names that are common in English-language and international transcripts and are no other word
(nor an optimiser, a statistician's method or a unit that engineers speak of)."""

GIVEN_NAMES = frozenset(
    """aaron abigail adrian agnes ahmed aisha alan albert alejandro alex alexander alexandra alice alison amanda amelia amir
    amit amy ananya andrea andrew angela anil anita anjali anna anne anthony antonio arjun arthur ashley barbara benjamin
    bernard beth betty bob brandon brenda brian bridget bruce carla carlos carol caroline catherine cathy charles charlie
    charlotte chloe chris christina christine christopher claire clara colin connie craig cynthia daisuke daniel danielle
    david deborah debbie deepak denise dennis derek diana diane dmitri dominic donald donna doris dorothy douglas edward
    eduardo elaine eleanor elena elizabeth ellen emily emma eric erica erik esther ethan eva evelyn fatima felix fernando
    fiona frances francesca francis frederick gabriel gareth gary geoffrey george gerald giovanni giulia gloria gordon greg
    gregory hannah hans harold helen henry hiroshi howard hugo ian ibrahim ingrid irene isaac isabel isabella ivan jackie
    jacob jacqueline jake james jamie jane janet jason javier jeffrey jennifer jenny jeremy jerry jessica jill joan joanna
    joel johanna john johnny jonathan jorge jose joseph joshua juan judith judy julia julian julie justin karen karl kate
    katherine kathleen kathryn katie keith kelly kenneth kenji kevin kimberly klaus kumar larry laura lauren lawrence leila
    leonard leslie liam linda lisa lorenzo louis louise lucas lucia lucy luis luke magda malcolm manuel marco marcus margaret
    maria marianne marie marion marta martha martin mary matteo matthew maureen maurice megan mehmet melanie melissa
    michael michelle miguel mike mohamed mohammed monica nadia nancy naomi natalie natasha nathan neil nicholas nicola
    nicole nigel nikhil nikolai nina noah nora norman oliver olivia omar oscar pamela patricia patrick paul paula pauline
    pedro peter philip phyllis pierre priya rachel rahul ralph ravi raymond rebecca richard robert roberto roger roland ronald
    rosemary ruth ryan sabrina samantha samuel sandra sanjay sara sarah sebastian sergei sharon sheila shirley simon
    sofia sophia sophie stacy stella stephanie stephen steve steven stuart susan suzanne sven sylvia takeshi tanya teresa
    theresa thomas timothy tina tobias tom tony tracy ursula valerie vanessa veronica vijay vikram vincent virginia vladimir
    walter wendy william xavier yasmin yuki yusuf yvonne zachary zoe""".split()
)
